package render

import "slices"

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

// totals draws the next tables and returns how many: short ones packed in two columns
// where they fit, others one at a time.
func (s *sheet) totals(tables []Table) int {
	half := (s.width - gutter) / 2
	n := 0
	for n < len(tables) && len(tables[n].Rows) <= shortTable && s.fits(tables[n], half) {
		n++
	}
	if n > 1 {
		s.pack(tables[:n], half)
		return n
	}
	switch first := tables[0]; {
	case len(first.Right) == 0:
	case s.fits(first, half) && len(first.Rows) > shortTable:
		s.flow(s.grid(first, half), 2, half+gutter)
	case s.fits(first, half) && s.landscape:
		s.flow(s.grid(first, half), 1, 0)
	default:
		s.flow(s.grid(first, s.width), 1, 0)
	}
	return 1
}

// pack puts each table under the shorter of two columns, or on a new page.
func (s *sheet) pack(tables []Table, half float64) {
	ys := [2]float64{s.y, s.y}
	for _, t := range tables {
		if len(t.Right) == 0 {
			continue
		}
		g, side := s.grid(t, half), 0
		if ys[1] < ys[0] {
			side = 1
		}
		if s.dirty && ys[side]+g.height() > s.bottom {
			s.newPage()
			ys, side = [2]float64{s.y, s.y}, 0
		}
		s.y = ys[side]
		x := margin + float64(side)*(half+gutter)
		s.gridTitle(g, x, false)
		s.drawGrid(g, x, 0, len(g.Rows))
		ys[side] += g.height() + tableAfter
	}
	s.y = max(ys[0], ys[1])
}

// flow draws a table in newspaper columns of the page, on as many pages as it needs; a
// short one stays whole.
func (s *sheet) flow(g grid, columns int, step float64) {
	if len(g.Rows) <= shortTable {
		s.reserve(g.height())
	}
	for from := 0; ; {
		rest := len(g.Rows) - from
		room := int((s.bottom - s.y - tableTitle - tableHead) / tableRow)
		if s.dirty && room*columns < rest && room < 6 {
			s.newPage()
			continue
		}
		room = max(room, 1)
		if rest > room*columns && rest-room*columns < 3 && room > 4 {
			room-- // do not leave the sum alone on the next page
		}
		each := min(room, (rest+columns-1)/columns)
		s.gridTitle(g, margin, from > 0)
		for column := range columns {
			n := min(each, len(g.Rows)-from)
			if n > 0 || column == 0 {
				s.drawGrid(g, margin+float64(column)*step, from, from+n)
			}
			from += n
		}
		s.y += tableHead + tableRow*float64(each) + tableAfter
		if from >= len(g.Rows) {
			return
		}
		s.newPage()
	}
}

// gridTitle writes a table's title, again where the table goes on, and moves below it.
func (s *sheet) gridTitle(g grid, x float64, again bool) {
	title := g.Title
	if again {
		title = join(", ", title, s.document.Printer.Word("document.continued"))
	} else {
		s.bookmark(title)
	}
	room := g.width()
	if g.urgent {
		s.canvas.sign(alarm, x, s.y-0.5, signSize)
		x, room = x+indent, room-indent
	}
	s.canvas.cell(groupText, x, room, s.y+9, false, title)
	s.y += tableTitle
}

// drawGrid draws the rows from from to to of a table at x, with its header.
func (s *sheet) drawGrid(g grid, x float64, from, to int) {
	width, y := g.width(), s.y
	s.drawCells(g, labelText, x, y+7.5, g.Head)
	y += tableHead
	s.canvas.lines(x, width, []float64{y}, 0.8, accent)
	var hairs []float64
	for i := from; i < to; i++ {
		st := plainText
		if g.Total && i == len(g.Rows)-1 && i > 0 {
			st = strongText
			hairs = slices.DeleteFunc(hairs, func(hair float64) bool { return hair == y })
			s.canvas.lines(x, width, []float64{y}, 0.7, ink)
		}
		st.size = g.size
		s.drawCells(g, st, x, y+tableRow*0.68, g.Rows[i])
		y += tableRow
		if i == to-1 || !g.together(i) {
			hairs = append(hairs, y)
		}
	}
	s.canvas.lines(x, width, hairs, 0.4, faint)
	s.dirty = true
}

// together tells whether a row and the next are of the same day, store or method, as
// they are in several currencies: no line comes between them.
func (g grid) together(row int) bool {
	return len(g.Rows[row]) > 1 && !g.Right[0] && !g.Right[1] && g.Rows[row][0] == g.Rows[row+1][0]
}

func (s *sheet) drawCells(g grid, st style, x, baseline float64, cells []string) {
	st.size = min(st.size, g.size)
	for i, cell := range cells {
		s.canvas.cell(st, x, g.widths[i], baseline, g.Right[i], cell)
		x += g.widths[i] + g.gap
	}
}
