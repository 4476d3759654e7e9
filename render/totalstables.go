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
type totalsTables struct {
	*pageFlow
	tail    float64 // room that the page of the last table has below it, for what follows
	reserve float64 // likewise of the table that is drawn
}

// needWidth tells whether a table is too wide for a portrait page.
func (s *totalsTables) needWidth(tables []content.Table) bool {
	return slices.ContainsFunc(tables, func(t content.Table) bool { return !tableFits(t, s.canvas.fonts, contentWidth(false)) })
}

// draw draws tables, short ones packed in two columns where they fit. Where the next has to
// wait for a new page, one after it that has room on this one comes first.
func (s *totalsTables) draw(tables []content.Table) {
	tables = slices.Clone(tables)
	for len(tables) > 0 {
		if i := s.fitting(tables); i > 0 {
			t := tables[i]
			tables = slices.Insert(slices.Delete(tables, i, i+1), 0, t)
		}
		if s.tail > 0 && len(tables) == 1 {
			s.reserve = s.tail
			if len(tables[0].Rows) <= keptRows {
				s.ensure(s.layOut(tables[0], s.width).height() + s.tail)
			}
		}
		tables = tables[s.drawNext(tables):]
	}
}

// keptRows is how many rows a table has at most that goes along with what follows it.
const keptRows = 24

// fitting is the index of the table that is drawn next.
func (s *totalsTables) fitting(tables []content.Table) int {
	half := (s.width - gutter) / 2
	waits := func(t content.Table) bool {
		return len(t.Right) == 0 || t.Whole || tableFits(t, s.canvas.fonts, half) || s.y+s.layOut(t, s.width).height() > s.bottom
	}
	if first := tables[0]; !s.begun || first.Whole || !waits(first) || len(first.Right) == 0 || tableFits(first, s.canvas.fonts, half) {
		return 0
	}
	return max(slices.IndexFunc(tables, func(t content.Table) bool { return !waits(t) }), 0)
}

// layOut fits a table into a width.
func (s *totalsTables) layOut(t content.Table, width float64) tableLayout {
	l := layOutTable(t, s.canvas.fonts, width)
	l.row = s.tableRow()
	return l
}

// drawUrgent draws a table that somebody must act on.
func (s *totalsTables) drawUrgent(t content.Table) {
	if len(t.Right) == 0 {
		return
	}
	l := s.layOut(t, s.width)
	l.urgent = true
	s.ensure(tableTitle + tableHead + l.row*float64(min(len(t.Rows), fewRows)))
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
		s.drawLong(s.layOut(first, half), 2, half+gutter)
	case tableFits(first, fonts, half) && s.landscape:
		s.drawLong(s.layOut(first, half), 1, 0)
	default:
		s.drawLong(s.layOut(first, s.width), 1, 0)
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
		l, side := s.layOut(t, half), 0
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
		ys[side] += l.height() + s.tableAfter()
	}
	s.y = max(ys[0], ys[1])
}

// drawLong draws a table in newspaper columns of the page, each step right of the last, on
// as many pages as it needs; one that a page has room for waits for it, unless that leaves
// much of this one white.
func (s *totalsTables) drawLong(t tableLayout, columns int, step float64) {
	short := len(t.Rows) <= shortTable && !t.urgent // what is urgent begins where the eye is
	if height := tableTitle + tableHead + t.row*float64((len(t.Rows)+columns-1)/columns); short || !t.urgent && height <= s.bottom-margin && s.bottom-s.y < (s.bottom-margin)*mostWhite {
		s.ensure(height)
	}
	defer s.canvas.end() // of the table, which begins below its title
	for from, begun := 0, false; ; {
		rest := len(t.Rows) - from
		room := int((s.bottom - s.y - tableTitle - tableHead) / t.row)
		if s.begun && room*columns < rest && room < fewRows {
			s.newPage()
			continue
		}
		room = max(room, 1)
		if missing := fewRows - (rest/columns - room); rest > room*columns && missing > 0 && room > 2*fewRows {
			room -= missing // a few rows and the sum are not left alone on the next page
		}
		if rest <= room*columns && float64(room-rest/columns)*t.row < s.reserve && rest > 2*fewRows && columns == 1 {
			room = rest - fewRows // some go along with what follows
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
		s.y += tableHead + t.row*float64(each) + s.tableAfter()
		if from >= len(t.Rows) {
			return
		}
		s.newPage()
	}
}

// A table is broken neither before nor after so few rows; and so much of a page is left white
// at most, for a table to stand on the next one whole.
const fewRows, mostWhite = 6, 0.45

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
		s.canvas.in(pdf.TableRow, func() { s.drawCells(t, st, x, y+t.row*0.68, t.Rows[i], first, pdf.Cell) })
		y += t.row
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
