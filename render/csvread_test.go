package render

import (
	"encoding/csv"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"rapport/internal/content"
)

// checkCSV reads a CSV back with our strict reader and with encoding/csv.
func checkCSV(t *testing.T, language string, columns int, rows [][]content.Value) {
	t.Helper()
	text := encodeCSV(t, LocalCSV(textColumns(columns), printer(t, language)), rows...)
	rest, marked := strings.CutPrefix(text, bom)
	if !marked {
		t.Fatalf("no byte order mark: %q", text)
	}
	comma := byte(printer(t, language).CSVComma())
	var want [][]string
	for i, row := range rows {
		want = append(want, nil)
		for _, v := range row {
			want[i] = append(want[i], asRead(t, language, v))
		}
	}
	got, err := strictCSV(rest, comma)
	if err != nil {
		t.Fatalf("%q: %v", text, err)
	}
	if diff := cmp.Diff(want, got[1:]); diff != "" && len(rows) > 0 {
		t.Fatalf("%q (-want +got):\n%s", text, diff)
	}
	any, err := looseCSV(rest, separators) // as LibreOffice does when one presses OK
	if err != nil {
		t.Fatalf("%q: %v", text, err)
	}
	if diff := cmp.Diff(got, any); diff != "" {
		t.Fatalf("%q is other cells for who takes comma, semicolon and tab alike (-want +got):\n%s", text, diff)
	}
	for i, row := range rows {
		for k, v := range row {
			if back := unmarked(got[1+i][k]); v.Kind == content.Text && back != withoutControls(string([]rune(v.Text))) {
				t.Fatalf("%q comes back as %q", v.Text, back)
			}
		}
	}
	reader := csv.NewReader(strings.NewReader(rest))
	reader.Comma, reader.FieldsPerRecord = rune(comma), columns
	theirs, err := reader.ReadAll()
	if err != nil || len(theirs) != len(got) {
		t.Fatalf("%q: encoding/csv: %d records, %v", text, len(theirs), err)
	}
	for i := range got {
		for k := range got[i] { // encoding/csv turns CRLF within a cell into LF
			if want := strings.ReplaceAll(got[i][k], "\r\n", "\n"); want != theirs[i][k] {
				t.Fatalf("encoding/csv reads %q, want %q", theirs[i][k], want)
			}
		}
	}
}

// unmarked takes the mark off, as README says how.
func unmarked(cell string) string {
	if rest := strings.TrimLeft(cell, "'"); rest != "" && rest != cell && strings.ContainsRune("=+-@\t\r", rune(rest[0])) {
		return cell[1:]
	}
	return cell
}

// asRead is what a reader finds in the cell of a text: valid, and marked if it looks like a
// formula, or like one that is marked.
func asRead(t *testing.T, language string, v content.Value) string {
	if v.Kind == content.Decimal && content.IsDecimal(v.Text) {
		return printer(t, language).Decimal(v.Text)
	}
	s := withoutControls(string([]rune(v.Text)))
	if rest := strings.TrimLeft(s, "'"); rest != "" && strings.ContainsRune("=+-@\t\r", rune(rest[0])) {
		return "'" + s
	}
	return s
}

// strictCSV reads RFC 4180 with nothing forgiven: CRLF after every line, quotes only
// around cells that need them, the same number of cells in each.
func strictCSV(s string, comma byte) (lines [][]string, err error) {
	return looseCSV(s, string(comma))
}

// looseCSV is strictCSV for who takes each of some characters for a separator.
func looseCSV(s, commas string) (lines [][]string, err error) {
	var line []string
	for s != "" {
		cell, quoted := "", s[0] == '"'
		if quoted {
			for s = s[1:]; ; {
				i := strings.IndexByte(s, '"')
				if i < 0 {
					return nil, errors.New("a quote is open at the end")
				}
				cell, s = cell+s[:i], s[i+1:]
				if !strings.HasPrefix(s, `"`) {
					break
				}
				cell, s = cell+`"`, s[1:]
			}
			if !strings.ContainsAny(cell, "\"\r\n"+separators) && cell != "" {
				return nil, fmt.Errorf("%q is quoted without need", cell)
			}
		} else {
			i := strings.IndexAny(s, "\"\r\n"+commas)
			if i < 0 {
				return nil, errors.New("the last line has no end")
			}
			cell, s = s[:i], s[i:]
		}
		line = append(line, cell)
		switch {
		case s != "" && strings.IndexByte(commas, s[0]) >= 0:
			s = s[1:]
		case strings.HasPrefix(s, "\r\n"):
			lines, line, s = append(lines, line), nil, s[2:]
		default:
			return nil, fmt.Errorf("neither separator nor CRLF after %q", cell)
		}
	}
	if line != nil || slices.ContainsFunc(lines, func(l []string) bool { return len(l) != len(lines[0]) }) {
		return nil, errors.New("lines of different length")
	}
	return lines, nil
}
