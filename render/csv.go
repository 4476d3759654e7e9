package render

import (
	"errors"
	"fmt"
	"io"

	"rapport/locales"
)

const (
	bom        = "\xef\xbb\xbf"
	flushAfter = 32 << 10 // bytes

	// Both are cut to the second, as Format does.
	localTime   = "2006-01-02 15:04:05"
	machineTime = "2006-01-02T15:04:05-07:00"
)

var errClosed = errors.New("the document is closed already")

// NewCSV starts a CSV in the language of p and writes its byte order mark and header at
// once: a document without rows is the header alone. Rows reach w in pieces; the first
// error of w is returned by every later call.
//
// Cells are separated and quoted as RFC 4180 has it, lines end in CRLF, and a text that
// a spreadsheet would take for a formula gets a leading apostrophe. Numbers and times
// are never quoted or marked. Texts are otherwise unchanged, save that what is not
// UTF-8 becomes U+FFFD.
func NewCSV(w io.Writer, columns []Column, p *locales.Printer) (Encoder, error) {
	c := &csvEncoder{w: w, printer: p, comma: byte(p.CSVComma()), time: localTime}
	c.buf = append(c.buf, bom...)
	return c.begin(columns)
}

// NewMachineCSV starts a CSV for programs, which is written the same whatever the report's
// language: comma and decimal point, times of ISO 8601 with the offset of their zone, no byte
// order mark. All else is as in NewCSV, the apostrophe too, as people open such files as well.
func NewMachineCSV(w io.Writer, columns []Column) (Encoder, error) {
	p, err := locales.For("en")
	if err != nil {
		return nil, err
	}
	c := &csvEncoder{w: w, printer: p, comma: ',', time: machineTime}
	return c.begin(columns)
}

// begin writes the header.
func (c *csvEncoder) begin(columns []Column) (Encoder, error) {
	if len(columns) == 0 {
		return nil, errors.New("csv: no columns")
	}
	c.mark, c.columns = c.printer.DecimalMark(), len(columns)
	for i, column := range columns {
		c.separate(i)
		c.text(column.Title)
	}
	c.endLine()
	return c, c.flush()
}

type csvEncoder struct {
	w       io.Writer
	printer *locales.Printer
	mark    string // between whole and fraction
	comma   byte   // between cells
	time    string // layout
	columns int
	rows    int
	buf     []byte
	err     error
}

func (c *csvEncoder) Row(cells ...Value) error {
	if c.err != nil {
		return c.err
	}
	c.rows++
	if len(cells) != c.columns {
		c.err = fmt.Errorf("csv: row %d: %d cells for %d columns", c.rows, len(cells), c.columns)
		return c.err
	}
	for i := range cells {
		c.separate(i)
		if err := c.cell(&cells[i]); err != nil {
			c.err = fmt.Errorf("csv: row %d: column %d: %w", c.rows, i+1, err)
			return c.err
		}
	}
	c.endLine()
	if len(c.buf) < flushAfter {
		return nil
	}
	return c.flush()
}

func (c *csvEncoder) Close() error {
	if c.err != nil {
		return c.err
	}
	if err := c.flush(); err != nil {
		return err
	}
	c.err = fmt.Errorf("csv: %w", errClosed)
	return nil
}

func (c *csvEncoder) flush() error {
	if _, err := c.w.Write(c.buf); err != nil {
		c.err = fmt.Errorf("csv: write: %w", err)
	}
	c.buf = c.buf[:0]
	return c.err
}

func (c *csvEncoder) separate(i int) {
	if i > 0 {
		c.buf = append(c.buf, c.comma)
	}
}

// endLine ends a line. A line of one blank cell would be an empty line, which readers
// skip, so that one is quoted.
func (c *csvEncoder) endLine() {
	if n := len(c.buf); c.columns == 1 && (n == 0 || c.buf[n-1] == '\n') {
		c.buf = append(c.buf, `""`...)
	}
	c.buf = append(c.buf, "\r\n"...)
}
