package render

import (
	"fmt"
	"strings"

	"rapport/internal/content"
	"rapport/internal/money"
	"rapport/locales"
	"rapport/render/internal/drawable"
)

// maxCell is the widest that a cell is kept, in thousandths of the font size: no column
// of a page is wider.
const maxCell = 40_000

// rowBuffer keeps the rows until all are known, as text that is ready to be drawn and four
// bytes a cell beside it: which columns are shown, and how wide, depends on all of them.
type rowBuffer struct {
	printer *locales.Printer
	cleaner *drawable.Cleaner
	columns []columnStats // those that the PDF may show

	currencies []money.Currency // in the order of their sums
	chunks     []rowChunk
	count      int
	sums       rowSums
}

// rowChunk are some rows: a slice of all would be copied again and again as it grows.
type rowChunk struct {
	text  []byte     // the cells' texts one after another
	cells []cellSize // by row, then by column
}

const chunkSize = 1 << 16 // bytes of text

// cellSize is the length of a cell's text and its width in thousandths of the font size.
type cellSize struct{ bytes, width uint16 }

const (
	bucketWidth = 640 // thousandths
	buckets     = maxCell/bucketWidth + 1
)

// columnStats is a column and what is known of its cells.
type columnStats struct {
	content.Column
	source  int // index in the row
	filled  int // cells that show something
	first   string
	same    bool            // all cells read as the first
	widest  int             // thousandths
	widths  [buckets]uint32 // how many cells are how wide
	textual bool            // holds texts, no amounts, numbers or times
}

func newRowBuffer(columns []content.Column, p *locales.Printer, c *drawable.Cleaner) *rowBuffer {
	r := &rowBuffer{printer: p, cleaner: c}
	for i, column := range columns {
		if column.Rank > 0 {
			column.Title = strings.TrimSpace(c.Clean(column.Title))
			r.columns = append(r.columns, columnStats{Column: column, source: i, same: true, textual: true})
		}
	}
	r.sums = newRowSums(r.columns)
	return r
}

// add keeps a row. It fails on a value that has no kind.
func (r *rowBuffer) add(values []content.Value) error {
	chunk := r.chunk()
	for i := range r.columns {
		column := &r.columns[i]
		v := &values[column.source]
		text, err := r.format(v, column.Day)
		if err != nil {
			return fmt.Errorf("column %d: %w", column.source+1, err)
		}
		width := r.cleaner.Font.Width(text)
		if width > maxCell {
			text = r.cleaner.Font.Ellipsize(text, maxCell)
			width = r.cleaner.Font.Width(text)
		}
		column.record(r.count, v.Kind == content.Text || v.Kind == content.Decimal && !content.IsDecimal(v.Text), text, width)
		chunk.text = append(chunk.text, text...)
		chunk.cells = append(chunk.cells, cellSize{uint16(len(text)), uint16(width)})
	}
	if err := r.sums.add(values, r.columns); err != nil {
		return err
	}
	r.count++
	return nil
}

// chunk is where the next row goes.
func (r *rowBuffer) chunk() *rowChunk {
	n := len(r.chunks)
	if n == 0 {
		r.chunks = append(r.chunks, rowChunk{})
	} else if last := &r.chunks[n-1]; len(last.text) > chunkSize-chunkSize/16 {
		r.chunks = append(r.chunks, rowChunk{make([]byte, 0, chunkSize), make([]cellSize, 0, len(last.cells)+len(last.cells)/16)})
	}
	return &r.chunks[len(r.chunks)-1]
}

// record notes the cell of a row.
func (c *columnStats) record(row int, textual bool, text string, width int) {
	if row == 0 {
		c.first = strings.Clone(text)
	} else if c.same && text != c.first {
		c.same = false
	}
	if strings.TrimSpace(text) == "" {
		return
	}
	c.filled++
	c.widest = max(c.widest, width)
	c.widths[width/bucketWidth]++
	c.textual = c.textual && textual
}

// typical is a width in thousandths that all but one in twenty of the cells keep within.
func (c *columnStats) typical() int {
	rest := c.filled / 20
	for i := buckets - 1; i > 0; i-- {
		if rest -= int(c.widths[i]); rest < 0 {
			return min((i+1)*bucketWidth, c.widest)
		}
	}
	return min(bucketWidth, c.widest)
}

// format writes a value for people; the result is drawable. A time of the column by which rows
// are grouped is without its day, which stands above.
func (r *rowBuffer) format(v *content.Value, grouped bool) (string, error) {
	switch v.Kind {
	case content.Blank:
		return "", nil
	case content.Text:
		return r.cleaner.Clean(v.Text), nil
	case content.Time:
		if grouped {
			return r.printer.TimeOfDay(v.Time), nil
		}
		return r.printer.DateTime(v.Time), nil
	case content.Date:
		return r.printer.Date(v.Time), nil
	case content.Money:
		return r.printer.Number(money.Amount{Minor: v.Number, Currency: v.Code}), nil
	case content.Integer:
		return r.printer.Int(v.Number), nil
	case content.Decimal:
		return r.decimal(v.Text), nil
	}
	return "", fmt.Errorf("no such kind of value: %d", v.Kind)
}

func (r *rowBuffer) decimal(text string) string {
	if !content.IsDecimal(text) {
		return r.cleaner.Clean(text)
	}
	text = r.printer.Decimal(text)
	if rest, negative := strings.CutPrefix(text, "-"); negative {
		return "\u2212" + rest
	}
	return text
}

// rowCursor is the place of the row that is drawn next.
type rowCursor struct {
	chunks []rowChunk
	rowChunk
}

// row is the texts and sizes of the next row's cells.
func (c *rowCursor) row(columns int) ([]byte, []cellSize) {
	if len(c.cells) == 0 {
		c.rowChunk, c.chunks = c.chunks[0], c.chunks[1:]
	}
	return c.text, c.cells[:columns]
}
