// Package xlsx writes spreadsheets of columns and rows, which open without an import: dates
// are dates, amounts numbers with the decimals of their currency, identifiers text. Rows go
// out as they come, so memory stays flat. It calculates nothing, has no formulas, and
// refuses a row that does not fit its columns. The same calls make the same bytes.
package xlsx

import (
	"archive/zip"
	"fmt"
	"io"
	"time"

	"rapport/internal/content"
)

// ContentType is what the files are in a mail.
const ContentType = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

// MaxRows is how many rows a sheet has at most, as in Excel; further ones are on another.
const MaxRows = 1 << 20

// Book is a file that is being written, by one goroutine. After an error every further call
// returns it.
type Book struct {
	zip    *zip.Writer
	title  string
	author string
	max    int // rows of a sheet

	sheets  []*sheet // in the order in which they were begun
	current *sheet
	err     error
}

// NewBook starts a file.
func NewBook(out io.Writer, title, author string) *Book {
	return &Book{zip: zip.NewWriter(out), title: title, author: author, max: MaxRows}
}

// Sheet begins a sheet with a header that stays in sight and can be filtered by. Without
// columns it has neither.
func (b *Book) Sheet(name string, columns []content.Column) error {
	if b.end(); b.err == nil {
		b.begin(&sheet{name: name, columns: columns})
	}
	return b.err
}

// Row adds a row of values: one for each column, where the sheet has some.
func (b *Book) Row(cells ...content.Value) error { return b.row(false, cells) }

// Heading adds a row of bold texts.
func (b *Book) Heading(texts ...string) error {
	cells := make([]content.Value, len(texts))
	for i, text := range texts {
		cells[i] = content.TextOf(text)
	}
	return b.row(true, cells)
}

func (b *Book) row(bold bool, cells []content.Value) error {
	s := b.current
	switch {
	case b.err != nil:
		return b.err
	case len(s.columns) > 0 && len(cells) != len(s.columns):
		b.err = fmt.Errorf("xlsx: row %d: %d cells for %d columns", s.rows+1, len(cells), len(s.columns))
		return b.err
	case s.rows == b.max:
		b.end()
		next := &sheet{name: fmt.Sprintf("%s (%d)", s.name, s.part+2), columns: s.columns, part: s.part + 1}
		if b.begin(next); b.err != nil {
			return b.err
		}
		s = next
	}
	b.err = s.add(bold, cells)
	return b.err
}

// begin starts the part of a sheet. Its first rows are kept for the widths of the columns.
func (b *Book) begin(s *sheet) {
	b.sheets, b.current = append(b.sheets, s), s
	if s.out, b.err = b.part(fmt.Sprintf("xl/worksheets/sheet%d.xml", len(b.sheets))); b.err != nil || len(s.columns) == 0 {
		return
	}
	titles := make([]content.Value, len(s.columns))
	for i, c := range s.columns {
		titles[i] = content.TextOf(c.Title)
	}
	b.err = s.add(true, titles)
}

func (b *Book) end() {
	if b.current != nil && b.err == nil {
		b.err = b.current.end()
	}
	b.current = nil
}

// part begins a file in the archive. None has a time: they would differ each time.
func (b *Book) part(name string) (io.Writer, error) {
	w, err := b.zip.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate, Modified: time.Date(1980, 1, 1, 0, 0, 0, 0, time.UTC)})
	if err != nil {
		return nil, fmt.Errorf("xlsx: %w", err)
	}
	return w, nil
}

// Close writes what is left. A file that was not closed is not a spreadsheet.
func (b *Book) Close() error {
	if b.end(); b.err != nil {
		return b.err
	}
	for _, p := range b.parts() {
		w, err := b.part(p.name)
		if err == nil {
			_, err = io.WriteString(w, p.text)
		}
		if err != nil {
			b.err = fmt.Errorf("xlsx: %w", err)
			return b.err
		}
	}
	if err := b.zip.Close(); err != nil {
		b.err = fmt.Errorf("xlsx: %w", err)
	}
	return b.err
}
