package render

// How days and sums are set among the rows, in points.
const (
	dayGap   = 6.0  // above a day
	codeRoom = 30.0 // for the currency beside its sums
	bleed    = 5.0  // of the tint into the margins, so that texts do not touch its edge
)

// startDay writes the name of a day and its sums, not alone at the end of a page.
func (s *sheet) startDay(day *daySums) {
	lines := s.sumLines(s.dayName(day), day.sums)
	if s.y+dayGap+rowHeight*float64(min(lines, 5)+min(day.count, 2)) > s.bottom {
		s.newPage()
		s.drawHead()
		s.fresh = true
	}
	if !s.fresh {
		s.y += dayGap
	}
	s.bookmarkBelow(s.dayName(day))
	s.drawSums(s.dayName(day)+"  ·  "+s.document.Printer.Int(int64(day.count)), day.sums, accent)
}

// continueDay writes the name of a day again, where it goes on on another page.
func (s *sheet) continueDay(day *daySums) {
	s.sumLine(s.dayName(day)+", "+s.document.Printer.Word("document.continued"), nil, accent)
}

func (s *sheet) dayName(day *daySums) string {
	if day.at.IsZero() {
		return s.document.Printer.Word("document.none")
	}
	return s.document.Printer.LongDate(day.at)
}

// totalHeight is the room that the sum of all rows needs.
func (s *sheet) totalHeight() float64 {
	if s.rows.count < 2 || len(s.sumCells) == 0 {
		return 0
	}
	lines := s.sumLines(s.document.Printer.Word("summary.sum"), s.rows.sums.total)
	return dayGap + rowHeight*float64(min(lines, 8))
}

// drawTotal writes the sum of all rows by currency.
func (s *sheet) drawTotal() {
	if s.totalHeight() == 0 {
		return
	}
	s.y += dayGap / 2
	s.canvas.lines(margin, s.width, []float64{s.y}, 0.8, ink)
	s.y += dayGap / 2
	s.drawSums(s.document.Printer.Word("summary.sum"), s.rows.sums.total, ink)
}

// A sumCell is a column that adds up and is shown.
type sumCell struct {
	sum int // index in currencySums
	tableColumn
}

func shownSums(r *rows, t rowTable) []sumCell {
	var shown []sumCell
	for _, column := range t.columns {
		for k, i := range r.sums.columns {
			if column.stat == i {
				shown = append(shown, sumCell{k, column})
			}
		}
	}
	return shown
}

// labelRoom is the width before the first of the sums.
func (s *sheet) labelRoom() float64 {
	room := s.width
	for _, column := range s.sumCells {
		room = min(room, column.x-minGap)
	}
	if len(s.rows.sums.total) > 1 {
		room -= codeRoom + minGap
	}
	return room
}

// sumLines is how many lines drawSums needs: the name has one of its own where there is
// no room before the sums, and so each currency where there is none at all.
func (s *sheet) sumLines(name string, list []currencySums) int {
	switch {
	case len(list) == 0:
		return 1
	case s.labelRoom() < 0:
		return 2 * len(list)
	case s.canvas.faces.bold.points(name+"  ·  000 000", s.table.size) > s.labelRoom():
		return len(list) + 1
	}
	return len(list)
}

// drawSums writes a name and, beside or below it, a line of sums for each currency.
func (s *sheet) drawSums(name string, list []currencySums, color rgb) {
	lines, narrow := s.sumLines(name, list), s.labelRoom() < 0
	if lines == len(list)+1 && !narrow || len(list) == 0 {
		s.sumLine(name, nil, color)
		name = ""
	}
	for i := range list {
		if narrow {
			s.sumLine(join("  ·  ", name, s.cleaner.clean(string(list[i].currency))), nil, color)
			name = ""
		}
		s.sumLine(name, &list[i], color)
		name = ""
	}
}

// sumLine writes one line of sums on a tint.
func (s *sheet) sumLine(name string, c *currencySums, color rgb) {
	if s.y+rowHeight > s.bottom && !s.fresh {
		s.newPage()
		s.drawHead()
	}
	baseline, st := s.y+rowHeight*0.68, style{true, s.table.size, color}
	s.canvas.box(margin-bleed, s.y, s.width+2*bleed, rowHeight, tint)
	room := s.width
	if c != nil {
		room = max(s.labelRoom(), 0)
	}
	s.canvas.cell(st, margin, room, baseline, false, name)
	if c != nil {
		if len(s.rows.sums.total) > 1 && s.labelRoom() >= 0 {
			s.canvas.cell(st, margin+s.labelRoom()+minGap, codeRoom, baseline, true, s.cleaner.clean(string(c.currency)))
		}
		for _, column := range s.sumCells {
			s.canvas.cell(st, margin+column.x, column.width, baseline, true, s.rows.sumText(*c, column.sum))
		}
	}
	s.y += rowHeight
	s.dirty = true
}
