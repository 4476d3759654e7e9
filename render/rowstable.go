package render

import (
	"strings"

	"rapport/render/internal/drawable"
	"rapport/render/internal/pdf"
)

// rowsTable draws the rows.
type rowsTable struct {
	*pageFlow
	rows       *rowBuffer
	layout     rowLayout
	sumColumns []sumColumn
	cleaner    *drawable.Cleaner
	onlyHeader bool   // nothing else is on the page
	headed     bool   // the header was drawn before
	elsewhere  string // as in Document.ColumnsElsewhere
}

// draw draws all rows by day, with the header on every page, and the sums.
func (t *rowsTable) draw() {
	t.title()
	if len(t.layout.columns) == 0 {
		return
	}
	if !t.canvas.counting {
		t.canvas.writer.Expect((t.rows.count + 2*len(t.rows.sums.days)) * (1 + len(t.layout.columns)))
	}
	t.canvas.begin(pdf.Table)
	defer t.canvas.end()
	t.drawHeader()
	next := rowCursor{chunks: t.rows.chunks}
	sums := &t.rows.sums
	if !sums.byDay() {
		t.drawGroup(&next, t.rows.count, nil, true)
	}
	for i := range sums.days {
		if day := &sums.days[i]; sums.byDay() {
			t.startDay(day)
			t.drawGroup(&next, day.count, day, i == len(sums.days)-1)
		}
	}
	t.drawTotal()
}

// title writes what stands above the rows, on a page with room for the first of them.
func (t *rowsTable) title() {
	shared := t.shared()
	height := 20 + 11*float64(len(shared)) + t.headerHeight() + float64(min(t.rows.count, 5))*rowHeight
	if t.rows.sums.byDay() {
		height += dayGap + rowHeight
	}
	t.ensure(height)
	title := t.words.Word("document.rows")
	t.bookmark(0, title)
	t.canvas.heading(margin, t.width, t.y+9, title+"  ·  "+t.words.Int(int64(t.rows.count)))
	t.y += 17
	for _, line := range shared {
		t.canvas.cell(smallText, margin, t.width, t.y+6, false, line)
		t.y += 11
	}
	t.y += 3
	t.begun = true
}

// shared are lines of what all rows have in common, "Valuta NOK  ·  Salgssted Oslo", and of the columns
// that have no room.
func (t *rowsTable) shared() []string {
	var parts []string
	if days := t.rows.sums.days; len(days) == 1 && !days[0].at.IsZero() { // else each stands above its rows
		parts = append(parts, t.dayName(&days[0]))
	}
	for _, fact := range t.layout.shared {
		parts = append(parts, fact.Label+" "+fact.Value)
	}
	wrap := func(s string, lines int) []string {
		return t.canvas.fonts.Regular.Wrap(s, int(t.width*1000/smallText.Size), lines)
	}
	lines := wrap(strings.Join(parts, "  ·  "), 3)
	if key := t.elsewhere; key != "" && len(t.layout.missing) > 0 {
		lines = append(lines, wrap(t.words.Word(key, strings.Join(t.layout.missing, ", ")), 2)...)
	}
	return lines
}

// drawGroup draws the rows of a day; the last group leaves two of them beside the sum of
// all rows.
func (t *rowsTable) drawGroup(next *rowCursor, left int, day *daySums, last bool) {
	for left > 0 {
		room := int((t.bottom - t.y + 0.01) / rowHeight)
		n := max(min(room, left), 0)
		switch rest := left - n; {
		case last && rest == 0 && t.y+float64(n)*rowHeight+t.totalHeight() > t.bottom:
			n = max(n-2, 0)
		case rest == 1 && n > 3:
			n-- // the last row is not left alone
		}
		if n < 1 && t.onlyHeader {
			n = 1
		}
		t.drawRows(next, n)
		if left -= n; left > 0 {
			t.newPage()
			t.drawHeader()
			if day != nil {
				t.continueDay(day)
			}
			t.onlyHeader = true
		}
	}
}

// drawRows draws n rows.
func (t *rowsTable) drawRows(next *rowCursor, n int) {
	if n == 0 {
		return
	}
	t.onlyHeader, t.begun = false, true
	if t.canvas.counting {
		t.y += rowHeight * float64(n)
		return
	}
	columns := len(t.rows.columns)
	hairlines := make([]float64, 0, 64)
	for range n {
		text, cells := next.row(columns)
		next.text = text[t.drawRow(text, cells):]
		next.cells = next.cells[columns:]
		t.y += rowHeight
		hairlines = append(hairlines, t.y)
	}
	t.canvas.lines(margin, t.width, hairlines, 0.4, faint)
}

// drawRow draws the cells of one row whose texts follow one another in text, and returns
// the length of these.
func (t *rowsTable) drawRow(text []byte, cells []cellSize) int {
	st := regular(t.layout.size, ink)
	t.canvas.begin(pdf.TableRow)
	baseline, at, shown := t.y+rowHeight*0.68, 0, t.layout.columns
	for i, cell := range cells {
		end := at + int(cell.bytes)
		if len(shown) > 0 && shown[0].index == i {
			column := &shown[0]
			shown = shown[1:]
			t.canvas.begin(pdf.Cell)
			if float64(cell.width)*st.Size/1000 <= column.width {
				t.canvas.fittingCell(st, margin+column.x, column.width, baseline, column.right, text[at:end], int(cell.width))
			} else {
				t.canvas.cell(st, margin+column.x, column.width, baseline, column.right, string(text[at:end]))
			}
			t.canvas.end()
		}
		at = end
	}
	t.canvas.end()
	return at
}

func (t *rowsTable) headerHeight() float64 {
	lines := 1
	for _, column := range t.layout.columns {
		lines = max(lines, len(column.title))
	}
	return headerLine*float64(lines) + 5
}

// drawHeader writes the titles of the columns.
func (t *rowsTable) drawHeader() {
	height := t.headerHeight()
	t.canvas.headerRow(t.headed, func() {
		for _, column := range t.layout.columns {
			t.canvas.begin(pdf.ColumnHeader)
			for i, line := range column.title {
				baseline := t.y + height - 5 - headerLine*float64(len(column.title)-1-i) - 1.6
				t.canvas.cell(labelText, margin+column.x, column.width, baseline, column.right, line)
			}
			t.canvas.end()
		}
	})
	t.headed = true
	t.y += height
	t.canvas.lines(margin, t.width, []float64{t.y}, 0.8, accent)
	t.onlyHeader = true
}
