// Package csv writes rows as lines of CSV that people open and programs read, and refuses a
// row that does not fit its columns. It knows no report and writes no file.
package csv

import (
	"errors"
	"fmt"
	"strings"

	"rapport/internal/content"
	"rapport/locales"
)

const (
	bom  = "\xef\xbb\xbf"
	crlf = "\r\n"
)

// Format is how rows are written as lines of CSV: quoted as RFC 4180 has it, with CRLF, and
// so that it comes out the same whichever of comma, semicolon and tab a reader takes for what
// stands between cells. A text that a spreadsheet would take for a formula gets a leading
// apostrophe, numbers and times never. Texts are otherwise unchanged, save that control
// characters are left out and what is not UTF-8 becomes U+FFFD. A format never changes:
// several goroutines may write lines of one document.
type Format struct {
	printer     *locales.Printer
	columns     []content.Column
	prefix      string // of the document
	decimalMark string
	comma       byte // between cells
	markCuts    bool // the decimal mark stands between cells for somebody
	withOffset  bool // times are ISO 8601 with their zone's offset
	bytes       [256]byteClass
}

// byteClass is what a byte in a text makes necessary.
type byteClass uint8

const (
	needsQuotes byteClass = 1 << iota // around the cell
	needsCheck                        // whether it is UTF-8
	needsClean                        // of control characters
)

// separators are what readers take for what stands between cells.
const separators = ",;\t"

// Local is the format that people open, in the language of p: with a byte order mark,
// and the comma and decimal mark of the language.
func Local(columns []content.Column, p *locales.Printer) *Format {
	f := &Format{printer: p, columns: columns, prefix: bom, decimalMark: p.DecimalMark(), comma: byte(p.CSVComma())}
	f.classify()
	return f
}

// Machine is the format that programs read, the same whatever the report's language:
// comma and decimal point, times of ISO 8601 with the offset of their zone, no byte order
// mark. Formulas get their apostrophe here too, as people open such files as well.
func Machine(columns []content.Column) (*Format, error) {
	p, err := locales.For("en")
	if err != nil {
		return nil, err
	}
	f := &Format{printer: p, columns: columns, decimalMark: p.DecimalMark(), comma: ',', withOffset: true}
	f.classify()
	return f, nil
}

func (f *Format) classify() {
	f.markCuts = strings.Contains(separators, f.decimalMark)
	for b := range len(f.bytes) {
		switch {
		case b < ' ' || b == 0x7f:
			f.bytes[b] |= needsClean
		case b >= 0x80:
			f.bytes[b] |= needsCheck
		}
	}
	f.bytes[0xc2] |= needsClean // begins a control character past 0x7f, or one of few others
	for _, b := range []byte(separators + "\"\r\n") {
		f.bytes[b] = needsQuotes
	}
}

// AppendHead appends what comes before the first row: the header line. A document without
// rows is that alone.
func (f *Format) AppendHead(dst []byte) ([]byte, error) {
	if len(f.columns) == 0 {
		return dst, errors.New("csv: no columns")
	}
	dst = append(dst, f.prefix...)
	begin := len(dst)
	for i := range f.columns {
		if i > 0 {
			dst = append(dst, f.comma)
		}
		dst = f.text(dst, f.columns[i].Title)
	}
	return f.endLine(dst, begin), nil
}

// AppendRow appends the line of a row, which has a value for each column.
func (f *Format) AppendRow(dst []byte, cells []content.Value) ([]byte, error) {
	if len(cells) != len(f.columns) {
		return dst, fmt.Errorf("%d cells for %d columns", len(cells), len(f.columns))
	}
	begin := len(dst)
	for i := range cells {
		if i > 0 {
			dst = append(dst, f.comma)
		}
		var err error
		if dst, err = f.cell(dst, &cells[i]); err != nil {
			return dst, fmt.Errorf("column %d: %w", i+1, err)
		}
	}
	return f.endLine(dst, begin), nil
}

// endLine ends the line that begins at begin. The only cell of a row is quoted when it is
// blank: readers skip empty lines.
func (f *Format) endLine(dst []byte, begin int) []byte {
	if len(dst) == begin && len(f.columns) == 1 {
		dst = append(dst, `""`...)
	}
	return append(dst, crlf...)
}
