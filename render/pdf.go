package render

import (
	"fmt"
	"io"
	"time"

	"rapport/locales"
)

// NewPDF starts a PDF. The rows are kept, in some hundred bytes each, until Close lays
// out the document and writes it to w: which columns are shown depends on all rows.
//
// Texts may hold anything. What the fonts cannot draw is shown as "?", with a footnote;
// texts that are too long for their room end in "…"; amounts and times of the rows are
// never shortened: a smaller font makes room, and at the very last fewer columns do. A
// sum of rows that does not fit is an error of its row. The same document and rows make
// the same bytes. A logo that cannot be read is left out, with a note.
func NewPDF(w io.Writer, d Document) (Encoder, error) {
	faces, err := loadFaces()
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
	cleaner := &cleaner{face: faces.regular}
	return &pdfEncoder{w: w, document: d, faces: faces, cleaner: cleaner, rows: newRows(d.Columns, d.Printer, cleaner)}, nil
}

type pdfEncoder struct {
	w        io.Writer
	document Document
	faces    faces
	cleaner  *cleaner
	rows     *rows
	watch    func(mark)
	err      error
}

func (e *pdfEncoder) Row(cells ...Value) error {
	if e.err != nil {
		return e.err
	}
	if len(cells) != len(e.document.Columns) {
		e.err = fmt.Errorf("pdf: row %d: %d cells for %d columns", e.rows.count+1, len(cells), len(e.document.Columns))
	} else if err := e.rows.add(cells); err != nil {
		e.err = fmt.Errorf("pdf: row %d: %w", e.rows.count+1, err)
	}
	return e.err
}

func (e *pdfEncoder) Close() (err error) {
	if e.err != nil {
		return e.err
	}
	defer func() {
		if r := recover(); r != nil { // fpdf panics on what it cannot encode
			err = fmt.Errorf("pdf: %v", r)
		}
		if e.err = err; err == nil {
			e.err = fmt.Errorf("pdf: %w", errClosed)
		}
		e.rows = nil
	}()
	s := newSheet(e)
	defer s.canvas.paper.press.close()
	s.draw()
	if err := s.canvas.paper.write(e.w); err != nil {
		return fmt.Errorf("pdf: write: %w", err)
	}
	return nil
}
