package render

import (
	"slices"

	"rapport/render/internal/pdf"
)

// How days and sums are set among the rows, in points.
const (
	dayGap   = 6.0  // above a day
	codeRoom = 30.0 // for the currency beside its sums
	bleed    = 5.0  // of the tint into the margins, so that texts do not touch its edge
)

// startDay writes the name of a day and its sums, not alone at the end of a page.
func (t *rowsTable) startDay(day *daySums) {
	lines := t.sumLines(t.dayName(day), day.sums)
	if t.y+dayGap+rowHeight*float64(min(lines, 5)+min(day.count, 2)) > t.bottom {
		t.newPage()
		t.drawHeader()
	}
	if !t.onlyHeader {
		t.y += dayGap
	}
	t.bookmark(1, t.dayName(day))
	t.drawSums(t.dayName(day)+"  ·  "+t.words.Int(int64(day.count)), day.sums, accent)
}

// continueDay writes the name of a day again, where it continues on another page.
func (t *rowsTable) continueDay(day *daySums) {
	t.canvas.artifact(func() { t.sumLine(t.continued(t.dayName(day)), nil, accent) })
}

func (t *rowsTable) dayName(day *daySums) string {
	if day.at.IsZero() {
		return t.words.Word("document.none")
	}
	return t.words.LongDate(day.at)
}

// totalHeight is the room that the sum of all rows needs.
func (t *rowsTable) totalHeight() float64 {
	if t.rows.count < 2 || len(t.sumColumns) == 0 {
		return 0
	}
	lines := t.sumLines(t.words.Word("summary.sum"), t.rows.sums.total)
	return dayGap + rowHeight*float64(min(lines, 8))
}

// drawTotal writes the sum of all rows by currency.
func (t *rowsTable) drawTotal() {
	if t.totalHeight() == 0 {
		return
	}
	t.y += dayGap / 2
	t.canvas.lines(margin, t.width, []float64{t.y}, 0.8, ink)
	t.y += dayGap / 2
	t.drawSums(t.words.Word("summary.sum"), t.rows.sums.total, ink)
}

// sumColumn is a column that adds up and is shown.
type sumColumn struct {
	sum int // index in currencySums
	rowColumn
}

func shownSums(r *rowBuffer, l rowLayout) []sumColumn {
	var shown []sumColumn
	for _, column := range l.columns {
		for k, i := range r.sums.columns {
			if column.index == i {
				shown = append(shown, sumColumn{k, column})
			}
		}
	}
	return shown
}

// labelRoom is the width before the first of the sums.
func (t *rowsTable) labelRoom() float64 {
	room := t.width
	for _, column := range t.sumColumns {
		room = min(room, column.x-minGap)
	}
	if len(t.rows.sums.total) > 1 {
		room -= codeRoom + minGap
	}
	return room
}

// sumLines is how many lines drawSums needs. The name has one of its own where there is no
// room before the sums, and so has each currency where there is none at all.
func (t *rowsTable) sumLines(name string, list []currencySums) int {
	switch {
	case len(list) == 0:
		return 1
	case t.labelRoom() < 0:
		return 2 * len(list)
	case t.canvas.fonts.Bold.Points(name+"  ·  000 000", t.layout.size) > t.labelRoom():
		return len(list) + 1
	}
	return len(list)
}

// drawSums writes a name and, beside or below it, a line of sums for each currency; where
// these go on on another page the name stands there again.
func (t *rowsTable) drawSums(name string, list []currencySums, color pdf.Color) {
	lines, narrow := t.sumLines(name, list), t.labelRoom() < 0
	own := lines == len(list)+1 && !narrow || len(list) == 0 // the name has a line of its own
	label := name
	if own {
		t.sumLine(name, nil, color)
		label = ""
	}
	for i := range list {
		height := float64(rowHeight)
		if narrow {
			height += rowHeight
		}
		if t.breakBefore(height) && (i > 0 || own) {
			label = t.continued(name)
			if own {
				t.sumLine(label, nil, color)
				label = ""
			}
		}
		if narrow {
			t.sumLine(join("  ·  ", label, t.cleaner.Clean(string(list[i].currency))), nil, color)
			label = ""
		}
		t.sumLine(label, &list[i], color)
		label = ""
	}
}

// breakBefore goes on on the next page where this one has no room for height.
func (t *rowsTable) breakBefore(height float64) bool {
	if t.y+height <= t.bottom || t.onlyHeader {
		return false
	}
	t.newPage()
	t.drawHeader()
	t.onlyHeader = false
	return true
}

// sumLine writes one line on a tint: a name, and sums if there are some.
func (t *rowsTable) sumLine(name string, sums *currencySums, color pdf.Color) {
	t.breakBefore(rowHeight)
	baseline, st := t.y+rowHeight*0.68, bold(t.layout.size, color)
	t.canvas.box(margin-bleed, t.y, t.width+2*bleed, rowHeight, tint)
	room := t.width
	if sums != nil {
		room = max(t.labelRoom(), 0)
	}
	t.canvas.in(pdf.TableRow, func() {
		columns, code := len(t.layout.columns), ""
		if sums != nil && len(t.sumColumns) > 0 {
			columns = slices.IndexFunc(t.layout.columns, func(c rowColumn) bool { return c.index == t.sumColumns[0].index })
		}
		if sums != nil && len(t.rows.sums.total) > 1 && t.labelRoom() >= 0 {
			code = t.cleaner.Clean(string(sums.currency))
		}
		if columns > 0 {
			role := pdf.RowHeader
			if name+code == "" {
				role = pdf.Cell
			}
			t.canvas.spanning(role, columns, func() {
				t.canvas.cell(st, margin, room, baseline, false, name)
				t.canvas.cell(st, margin+t.labelRoom()+minGap, codeRoom, baseline, true, code)
			})
		}
		if sums != nil {
			t.sumCells(st, baseline, *sums, t.layout.columns[columns:])
		}
	})
	t.y += rowHeight
	t.begun = true
}

// sumCells writes sums in their columns; those that have none are empty.
func (t *rowsTable) sumCells(st style, baseline float64, sums currencySums, columns []rowColumn) {
	next := t.sumColumns
	for _, column := range columns {
		t.canvas.begin(pdf.Cell)
		if len(next) > 0 && next[0].index == column.index {
			t.canvas.cell(st, margin+column.x, column.width, baseline, true, t.rows.sumText(sums, next[0].sum))
			next = next[1:]
		}
		t.canvas.end()
	}
}
