package mail

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"rapport/locales"
	"rapport/templates"
)

// view is the content as the templates take it: clean, its tables rectangular.
type view struct {
	Content
	Lang       string
	FilesTitle string
	Files      []string
}

// bodies are the text and the HTML of a message.
func bodies(m Message) (text, html []byte, err error) {
	printer, err := locales.For(m.Content.Language)
	if err != nil {
		return nil, nil, err
	}
	v := view{Content: m.Content.clean(), Lang: printer.Tag(), FilesTitle: printer.Word("mail.attachments")}
	for _, a := range m.Attachments {
		v.Files = append(v.Files, a.Name+" ("+fileSize(printer, len(a.Data))+")")
	}
	var t, h bytes.Buffer
	if err := templates.Text(&t, v); err != nil {
		return nil, nil, err
	}
	if err := templates.HTML(&h, v); err != nil {
		return nil, nil, err
	}
	return t.Bytes(), h.Bytes(), nil
}

// clean is the content without characters that would break the page, every row of a
// table as long as its head.
func (c Content) clean() Content {
	for _, s := range []*string{&c.Subject, &c.Organization, &c.Title, &c.Period, &c.Span, &c.Lead} {
		*s = line(*s)
	}
	empty := func(s string) bool { return s == "" }
	c.Notes = slices.DeleteFunc(lines(c.Notes), empty)
	c.Footer = slices.DeleteFunc(lines(c.Footer), empty)
	facts := make([]Fact, len(c.Facts))
	for i, f := range c.Facts {
		facts[i] = Fact{Label: line(f.Label), Value: line(f.Value)}
	}
	tables := make([]Table, len(c.Tables))
	for i, t := range c.Tables {
		tables[i] = t.clean()
	}
	c.Facts, c.Tables = facts, tables
	return c
}

func (t Table) clean() Table {
	wide := len(t.Head)
	for _, row := range t.Rows {
		wide = max(wide, len(row))
	}
	rows := make([][]string, len(t.Rows))
	for i, row := range t.Rows {
		rows[i] = fit(lines(row), wide)
	}
	t.Title, t.Head, t.Rows, t.Right = line(t.Title), fit(lines(t.Head), wide), rows, fit(t.Right, wide)
	return t
}

// fit is s at length n.
func fit[T any](s []T, n int) []T {
	fitted := make([]T, n)
	copy(fitted, s)
	return fitted
}

func lines(texts []string) []string {
	cleaned := make([]string, len(texts))
	for i, s := range texts {
		cleaned[i] = line(s)
	}
	return cleaned
}

// line is a text on one line. Spaces that must not break stay what they are.
func line(s string) string {
	return strings.TrimSpace(strings.NewReplacer("\n", " ", "\t", " ").Replace(clean(s)))
}

// fileSize is a size for people: "48 kB", "1.2 MB", of 1000 each.
func fileSize(p *locales.Printer, n int) string {
	size := int64(n)
	switch {
	case size < 1000:
		return p.Int(size) + "\u00a0B"
	case size < 999_500:
		return p.Int((size+500)/1000) + "\u00a0kB"
	}
	tenths := (size + 50_000) / 100_000
	return p.Decimal(fmt.Sprintf("%d.%d", tenths/10, tenths%10)) + "\u00a0MB"
}
