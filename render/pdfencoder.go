package render

import (
	"errors"
	"fmt"
	"io"
	"time"

	"rapport/internal/content"
	"rapport/locales"
	"rapport/render/internal/drawable"
	"rapport/render/internal/pdf"
)

// PDF is a PDF that is being made, by one goroutine. After an error every further call
// returns it.
type PDF struct {
	out      io.Writer
	document Document
	fonts    pdf.Fonts
	cleaner  *drawable.Cleaner
	rows     *rowBuffer
	observe  func(drawnItem)
	err      error
}

var errClosed = errors.New("the document is closed already")

// NewPDF starts a PDF. The rows are kept, in some hundred bytes each, until Close lays
// out the document and writes it to out: which columns are shown depends on all rows.
//
// Texts may hold anything. What the fonts cannot draw is shown as "?", with a footnote;
// texts that are too long for their room end in "…"; amounts and times of the rows are
// never shortened: a smaller font makes room, and at the very last fewer columns do. A
// sum of rows that does not fit is an error of its row. A logo that cannot be read is
// left out.
func NewPDF(out io.Writer, d Document) (*PDF, error) {
	fonts, err := pdf.LoadFonts()
	if err != nil {
		return nil, fmt.Errorf("pdf: %w", err)
	}
	if d.Printer == nil {
		if d.Printer, err = locales.For("no"); err != nil {
			return nil, fmt.Errorf("pdf: %w", err)
		}
	}
	if d.Created.IsZero() {
		d.Created = time.Unix(0, 0).UTC() // fpdf would take the clock's time
	}
	cleaner := &drawable.Cleaner{Font: fonts.Regular}
	rows := newRowBuffer(d.Columns, d.Printer, cleaner)
	rows.currencies = d.Currencies
	return &PDF{out: out, document: d, fonts: fonts, cleaner: cleaner, rows: rows}, nil
}

// Row adds a row: a value for each column, in order.
func (p *PDF) Row(cells ...content.Value) error {
	if p.err != nil {
		return p.err
	}
	if len(cells) != len(p.document.Columns) {
		p.err = fmt.Errorf("pdf: row %d: %d cells for %d columns", p.rows.count+1, len(cells), len(p.document.Columns))
	} else if err := p.rows.add(cells); err != nil {
		p.err = fmt.Errorf("pdf: row %d: %w", p.rows.count+1, err)
	}
	return p.err
}

// Close writes the document. What was not closed is not a document. It must be called
// once, after the last row.
func (p *PDF) Close() (err error) {
	if p.err != nil {
		return p.err
	}
	defer func() {
		if r := recover(); r != nil { // fpdf panics on what it cannot encode
			err = fmt.Errorf("pdf: %v", r)
		}
		if p.err = err; err == nil {
			p.err = fmt.Errorf("pdf: %w", errClosed)
		}
		p.rows = nil
	}()
	l := newLayout(p)
	w := pdf.NewWriter(p.fonts, l.properties())
	defer w.Close()
	l.draw(&canvas{writer: w, fonts: p.fonts, observe: p.observe})
	if err := w.Write(p.out); err != nil {
		return fmt.Errorf("pdf: write: %w", err)
	}
	return nil
}
