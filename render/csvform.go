package render

import (
	"errors"
	"fmt"

	"rapport/locales"
)

const (
	bom  = "\xef\xbb\xbf"
	crlf = "\r\n"
)

// A CSVForm is how rows are written as lines of CSV, see [NewCSV]. It does not change, so
// that several may write lines of one document side by side.
type CSVForm struct {
	printer *locales.Printer
	columns []Column
	begin   string // of the document
	mark    string // between whole and fraction
	comma   byte   // between cells
	offset  bool   // times are ISO 8601, with their zone's offset
	bytes   [256]byteClass
}

// A byteClass is what a byte in a text makes necessary.
type byteClass uint8

const (
	quoted  byteClass = 1 << iota // quotes around the cell
	checked                       // a look at whether it is UTF-8
)

// LocalCSV is the form that people open, in the language of p.
func LocalCSV(columns []Column, p *locales.Printer) *CSVForm {
	f := &CSVForm{printer: p, columns: columns, begin: bom, mark: p.DecimalMark(), comma: byte(p.CSVComma())}
	f.classify()
	return f
}

// MachineCSV is the form that programs read.
func MachineCSV(columns []Column) (*CSVForm, error) {
	p, err := locales.For("en")
	if err != nil {
		return nil, err
	}
	f := &CSVForm{printer: p, columns: columns, mark: p.DecimalMark(), comma: ',', offset: true}
	f.classify()
	return f, nil
}

func (f *CSVForm) classify() {
	for _, b := range []byte{f.comma, '"', '\r', '\n'} {
		f.bytes[b] |= quoted
	}
	for b := 0x80; b < len(f.bytes); b++ {
		f.bytes[b] |= checked
	}
}

// AppendHead appends what comes before the first row.
func (f *CSVForm) AppendHead(dst []byte) ([]byte, error) {
	if len(f.columns) == 0 {
		return dst, errors.New("csv: no columns")
	}
	dst = append(dst, f.begin...)
	begin := len(dst)
	for i := range f.columns {
		if i > 0 {
			dst = append(dst, f.comma)
		}
		dst = f.text(dst, f.columns[i].Title)
	}
	return f.endLine(dst, begin), nil
}

// AppendRow appends the line of a row.
func (f *CSVForm) AppendRow(dst []byte, cells []Value) ([]byte, error) {
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

// endLine ends the line that begins at begin. A line of one blank cell would be an empty
// line, which readers skip, so that one is quoted.
func (f *CSVForm) endLine(dst []byte, begin int) []byte {
	if len(dst) == begin && len(f.columns) == 1 {
		dst = append(dst, `""`...)
	}
	return append(dst, crlf...)
}
