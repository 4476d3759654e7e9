package render

import (
	"errors"
	"fmt"
	"io"

	"rapport/locales"
)

const flushAfter = 32 << 10 // bytes

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
	return LocalCSV(columns, p).encoder(w)
}

// NewMachineCSV starts a CSV for programs, which is written the same whatever the report's
// language: comma and decimal point, times of ISO 8601 with the offset of their zone, no byte
// order mark. All else is as in NewCSV, the apostrophe too, as people open such files as well.
func NewMachineCSV(w io.Writer, columns []Column) (Encoder, error) {
	form, err := MachineCSV(columns)
	if err != nil {
		return nil, err
	}
	return form.encoder(w)
}

// csvEncoder writes line after line.
type csvEncoder struct {
	w    io.Writer
	form *CSVForm
	rows int
	buf  []byte
	err  error
}

func (f *CSVForm) encoder(w io.Writer) (Encoder, error) {
	c := &csvEncoder{w: w, form: f}
	if c.buf, c.err = f.AppendHead(nil); c.err != nil {
		return nil, c.err
	}
	return c, c.flush()
}

func (c *csvEncoder) Row(cells ...Value) error {
	if c.err != nil {
		return c.err
	}
	c.rows++
	if c.buf, c.err = c.form.AppendRow(c.buf, cells); c.err != nil {
		c.err = fmt.Errorf("csv: row %d: %w", c.rows, c.err)
		return c.err
	}
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
