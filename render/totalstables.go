package render

import (
	"slices"

	"rapport/internal/content"
	"rapport/render/internal/pdf"
)

// How tables of totals are set, in points.
const (
	tableRow    = 14.5
	tableTitle  = 19.0
	tableHead   = 12.5
	tableGap    = 12.0 // between columns
	tableAfter  = 19.0
	gutter      = 26.0 // between two tables side by side
	shortTable  = 16   // rows up to which a table is never broken over pages
	tightColumn = 60.0 // a text column of a crowded table is shortened to this
)

// totalsTables draws tables of totals.
type totalsTables struct{ *pageFlow }

// needWidth tells whether a table is too wide for a portrait page.
func (s *totalsTables) needWidth(tables []content.Table) bool {
	return slices.ContainsFunc(tables, func(t content.Table) bool { return !tableFits(t, s.canvas.fonts, contentWidth(false)) })
}

// draw draws tables, short ones packed in two columns where they fit.
func (s *totalsTables) draw(tables []content.Table) {
	for len(tables) > 0 {
		tables = tables[s.drawNext(tables):]
	}
}

// drawUrgent draws a table that somebody must act on.
func (s *totalsTables) drawUrgent(t content.Table) {
	if len(t.Right) == 0 {
		return
	}
	l := layOutTable(t, s.canvas.fonts, s.width)
	l.urgent = true
	s.ensure(tableTitle + tableHead + tableRow*float64(min(len(t.Rows), 5)))
	s.drawLong(l, 1, 0)
}

// drawNext draws the next tables and returns how many.
func (s *totalsTables) drawNext(tables []content.Table) int {
	half, fonts := (s.width-gutter)/2, s.canvas.fonts
	n := 0
	for n < len(tables) && len(tables[n].Rows) <= shortTable && tableFits(tables[n], fonts, half) {
		n++
	}
	if n > 1 {
		s.drawPacked(tables[:n], half)
		return n
	}
	switch first := tables[0]; {
	case len(first.Right) == 0:
	case tableFits(first, fonts, half) && len(first.Rows) > shortTable:
		s.drawLong(layOutTable(first, fonts, half), 2, half+gutter)
	case tableFits(first, fonts, half) && s.landscape:
		s.drawLong(layOutTable(first, fonts, half), 1, 0)
	default:
		s.drawLong(layOutTable(first, fonts, s.width), 1, 0)
	}
	return 1
}

// drawPacked puts each table under the shorter of two columns, or on a new page.
func (s *totalsTables) drawPacked(tables []content.Table, half float64) {
	ys := [2]float64{s.y, s.y}
	for _, t := range tables {
		if len(t.Right) == 0 {
			continue
		}
		l, side := layOutTable(t, s.canvas.fonts, half), 0
		if ys[1] < ys[0] {
			side = 1
		}
		if s.begun && ys[side]+l.height() > s.bottom {
			s.newPage()
			ys, side = [2]float64{s.y, s.y}, 0
		}
		s.y = ys[side]
		x := margin + float64(side)*(half+gutter)
		s.drawTitle(l, x, false)
		s.canvas.in(pdf.Table, func() { s.drawRows(l, x, 0, len(l.Rows)) })
		ys[side] += l.height() + tableAfter
	}
	s.y = max(ys[0], ys[1])
}

// drawLong draws a table in newspaper columns of the page, each step right of the last, on
// as many pages as it needs; a short one stays whole.
func (s *totalsTables) drawLong(t tableLayout, columns int, step float64) {
	if len(t.Rows) <= shortTable {
		s.ensure(t.height())
	}
	defer s.canvas.end() // of the table, which begins below its title
	for from, begun := 0, false; ; {
		rest := len(t.Rows) - from
		room := int((s.bottom - s.y - tableTitle - tableHead) / tableRow)
		if s.begun && room*columns < rest && room < 6 {
			s.newPage()
			continue
		}
		room = max(room, 1)
		if rest > room*columns && rest-room*columns < 3 && room > 4 {
			room-- // do not leave the sum alone on the next page
		}
		each := min(room, (rest+columns-1)/columns)
		s.drawTitle(t, margin, from > 0)
		if !begun {
			s.canvas.begin(pdf.Table)
			begun = true
		}
		for column := range columns {
			n := min(each, len(t.Rows)-from)
			if n > 0 || column == 0 {
				s.drawRows(t, margin+float64(column)*step, from, from+n)
			}
			from += n
		}
		s.y += tableHead + tableRow*float64(each) + tableAfter
		if from >= len(t.Rows) {
			return
		}
		s.newPage()
	}
}

// drawTitle writes a table's title, again where the table continues, and moves below it.
func (s *totalsTables) drawTitle(t tableLayout, x float64, continued bool) {
	title := t.Title
	if !continued {
		s.bookmark(0, title)
	}
	room := t.width()
	if t.urgent {
		s.canvas.icon(alertIcon, x, s.y-0.5, iconSize)
		x, room = x+indent, room-indent
	}
	if continued {
		s.canvas.artifact(func() { s.canvas.heading(x, room, s.y+9, s.continued(title)) })
	} else if title != "" {
		s.canvas.heading(x, room, s.y+9, title)
	}
	s.y += tableTitle
}

// drawRows draws the rows from from to to of a table at x, with its header.
func (s *totalsTables) drawRows(t tableLayout, x float64, from, to int) {
	width, y := t.width(), s.y
	s.canvas.headerRow(from > 0, func() { s.drawCells(t, labelText, x, y+7.5, t.Head, pdf.ColumnHeader, pdf.ColumnHeader) })
	y += tableHead
	s.canvas.lines(x, width, []float64{y}, 0.8, accent)
	var hairlines []float64
	for i := from; i < to; i++ {
		st := plainText
		if t.Total && i == len(t.Rows)-1 && i > 0 {
			st = strongText
			hairlines = slices.DeleteFunc(hairlines, func(line float64) bool { return line == y })
			s.canvas.lines(x, width, []float64{y}, 0.7, ink)
		}
		st.Size = t.size
		first := pdf.Cell
		if !t.Right[0] && t.Rows[i][0] != "" {
			first = pdf.RowHeader
		}
		s.canvas.in(pdf.TableRow, func() { s.drawCells(t, st, x, y+tableRow*0.68, t.Rows[i], first, pdf.Cell) })
		y += tableRow
		if i == to-1 || !t.sameGroup(i) {
			hairlines = append(hairlines, y)
		}
	}
	s.canvas.lines(x, width, hairlines, 0.4, faint)
	s.begun = true
}

// drawCells draws a line of a table, whose first cell may be another than the rest.
func (s *totalsTables) drawCells(t tableLayout, st style, x, baseline float64, cells []string, first, role pdf.Role) {
	st.Size = min(st.Size, t.size)
	for i, cell := range cells {
		s.canvas.in(first, func() { s.canvas.cell(st, x, t.widths[i], baseline, t.Right[i], cell) })
		x += t.widths[i] + t.gap
		first = role
	}
}
