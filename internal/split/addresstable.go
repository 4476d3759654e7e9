package split

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"rapport/internal/yamltree"
)

// A cell is one of a table, and where it stands.
type cell = yamltree.Value

// readTable reads CSV: separated as the header line is, by comma, semicolon or tab, with or
// without a byte order mark and the line sep=; of Excel.
func (r *addressReader) readTable(data []byte) {
	data = bytes.TrimPrefix(data, []byte("\xEF\xBB\xBF"))
	if !r.isText(data) {
		return
	}
	skipped, comma := 0, rune(0)
	if line, rest, _ := bytes.Cut(data, []byte("\n")); bytes.HasPrefix(bytes.ToLower(line), []byte("sep=")) {
		data, skipped = rest, 1
	}
	header, _, _ := bytes.Cut(data, []byte("\n"))
	for _, c := range ",;\t" {
		if comma == 0 || bytes.Count(header, []byte(string(c))) > bytes.Count(header, []byte(string(comma))) {
			comma = c
		}
	}
	table := csv.NewReader(bytes.NewReader(data))
	table.Comma, table.FieldsPerRecord = comma, -1
	lines := bytes.Split(data, []byte("\n"))
	var columns []string
	for {
		record, err := table.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		var wrong *csv.ParseError
		if errors.As(err, &wrong) {
			r.doc.Text("", wrong.Line+skipped, wrong.Column, "").Fault(`a text with quotes in it is put in quotes, which are doubled: "Kari ""K"" Fisk"`, "cannot be read as CSV: %v", wrong.Err)
			return
		}
		if err != nil {
			r.doc.Text("", 1, 0, "").Fault("", "cannot be read: %v", err)
			return
		}
		cells := make([]cell, len(record))
		for i, text := range record {
			line, column := table.FieldPos(i)
			path := ""
			if i < len(columns) {
				path = columns[i]
			}
			before := lines[line-1]
			cells[i] = r.doc.Text(strings.TrimSpace(text), line+skipped, utf8.RuneCount(before[:min(column-1, len(before))])+1, path)
		}
		if columns == nil {
			if columns = r.header(cells); columns == nil {
				return
			}
			continue
		}
		r.row(columns, cells)
	}
	if columns == nil {
		r.doc.Text("", 1, 1, "").Fault("it begins with the header value,name,emails,language", "is empty")
	}
}

// isText refuses what is not UTF-8, with the place of the first letter that is not.
func (r *addressReader) isText(data []byte) bool {
	const hint = `in Excel: save as "CSV UTF-8"`
	switch {
	case utf8.Valid(data) && bytes.IndexByte(data, 0) < 0:
		return true
	case bytes.IndexByte(data, 0) >= 0:
		r.doc.Text("", 1, 0, "").Fault(hint, "is no text in UTF-8")
		return false
	}
	line, column := 1, 1
	for len(data) > 0 {
		c, n := utf8.DecodeRune(data)
		if c == utf8.RuneError && n == 1 {
			break
		}
		if column++; c == '\n' {
			line, column = line+1, 1
		}
		data = data[n:]
	}
	r.doc.Text("", line, column, "").Fault(hint, "is no text in UTF-8: a letter of another encoding stands here")
	return false
}

// header reads the names of the columns; nil if they are not ours.
func (r *addressReader) header(cells []cell) (columns []string) {
	known := true
	for _, c := range cells {
		name := strings.ToLower(c.Raw())
		switch {
		case name != "" && !slices.Contains(keys, name):
			c.Fault("the header is value,name,emails,language", "%s is no column of addresses", yamltree.Quote(c.Raw()))
			known = false
		case name != "" && slices.Contains(columns, name):
			c.Fault("keep one of them", "the column %s stands here twice", name)
			known = false
		}
		columns = append(columns, name)
	}
	for _, needed := range []string{"value", "emails"} {
		if known && !slices.Contains(columns, needed) {
			cells[0].Fault("the header is value,name,emails,language", "there is no column %s", needed)
			known = false
		}
	}
	if !known {
		return nil
	}
	return columns
}

// row reads one line. An empty one, as spreadsheets leave behind, says nothing.
func (r *addressReader) row(columns []string, cells []cell) {
	var a Address
	at := cells[0]
	if !slices.ContainsFunc(cells, func(c cell) bool { return c.Raw() != "" }) {
		return
	}
	for i, c := range cells {
		switch {
		case c.Raw() == "":
			continue
		case i >= len(columns) || columns[i] == "":
			c.Fault("quote what holds the character that separates the columns", "stands beside the columns of the header")
			continue
		}
		switch columns[i] {
		case "value":
			a.Value, at = c.Text(), c
		case "name":
			a.Name = readName(c)
		case "language":
			a.Language = readLanguage(c)
		case "emails":
			r.emails(&a, c)
		}
	}
	r.add(at, a)
}

// emails reads several addresses with spaces between them.
func (r *addressReader) emails(a *Address, c cell) {
	for _, word := range strings.Fields(c.Raw()) {
		line, column := yamltree.Position(c)
		a.email(r.doc.Text(word, line, column, c.Path()))
	}
}

// readList reads a YAML list.
func (r *addressReader) readList(data []byte) {
	root, ok := r.doc.Parse(data)
	if !ok {
		return
	}
	items, ok := root.List()
	if !ok {
		return
	}
	for _, item := range items {
		m, ok := item.Mapping(yamltree.Section{Keys: keys})
		if !ok {
			continue
		}
		var a Address
		at := item
		if v, ok := m.Required("value", "the id that it is split by, as Dintero has it"); ok {
			at = v
			if a.Value = strings.TrimSpace(v.Text()); a.Value == "" {
				continue
			}
		} else {
			continue
		}
		if v, ok := m.Field("name"); ok && v.Raw() != "" {
			a.Name = readName(v)
		}
		if v, ok := m.Field("language"); ok {
			a.Language = readLanguage(v)
		}
		switch v, ok := m.Field("emails"); {
		case !ok:
		case v.IsList():
			emails, _ := v.List()
			for _, one := range emails {
				a.email(one)
			}
		case v.Raw() != "":
			r.emails(&a, v)
		}
		r.add(at, a)
	}
}
