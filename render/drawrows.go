package render

// A cursor is the row that is drawn next.
type cursor struct {
	chunks []rowChunk
	rowChunk
}

// row is the texts and sizes of the next row's cells.
func (c *cursor) row(columns int) ([]byte, []cellSize) {
	if len(c.cells) == 0 {
		c.rowChunk, c.chunks = c.chunks[0], c.chunks[1:]
	}
	return c.text, c.cells[:columns]
}

// drawRows draws all rows by day, with the header on every page, and the sums.
func (s *sheet) drawRows() {
	s.drawHead()
	s.fresh = true
	next := cursor{chunks: s.rows.chunks}
	sums := &s.rows.sums
	if !sums.grouped() {
		s.drawGroup(&next, s.rows.count, nil, true)
	} else {
		for i := range sums.days {
			s.startDay(&sums.days[i])
			s.drawGroup(&next, sums.days[i].count, &sums.days[i], i == len(sums.days)-1)
		}
	}
	s.drawTotal()
}

// drawGroup draws the rows of a day; the last group leaves two of them beside the sum of
// all rows.
func (s *sheet) drawGroup(next *cursor, left int, day *daySums, last bool) {
	for left > 0 {
		room := int((s.bottom - s.y + 0.01) / rowHeight)
		n := max(min(room, left), 0)
		switch rest := left - n; {
		case last && rest == 0 && s.y+float64(n)*rowHeight+s.totalHeight() > s.bottom:
			n = max(n-2, 0)
		case rest == 1 && n > 3:
			n-- // the last row is not left alone
		}
		if n < 1 && s.fresh {
			n = 1
		}
		s.drawSome(next, n)
		if left -= n; left > 0 {
			s.nextPageOfRows(day)
		}
	}
}

// nextPageOfRows goes on on a new page, under the header and the name of the day.
func (s *sheet) nextPageOfRows(day *daySums) {
	s.newPage()
	s.drawHead()
	if day != nil {
		s.continueDay(day)
	}
	s.fresh = true
}

// drawSome draws n rows.
func (s *sheet) drawSome(next *cursor, n int) {
	if n == 0 {
		return
	}
	s.fresh, s.dirty = false, true
	if s.canvas.dry {
		s.y += rowHeight * float64(n)
		return
	}
	columns := len(s.rows.columns)
	hairs := make([]float64, 0, 64)
	for range n {
		text, cells := next.row(columns)
		next.text = text[s.drawRow(text, cells):]
		next.cells = next.cells[columns:]
		s.y += rowHeight
		hairs = append(hairs, s.y)
	}
	s.canvas.lines(margin, s.width, hairs, 0.4, faint)
}

func (s *sheet) headHeight() float64 {
	lines := 1
	for _, column := range s.table.columns {
		lines = max(lines, len(column.title))
	}
	return headLine*float64(lines) + 5
}

func (s *sheet) drawHead() {
	height := s.headHeight()
	for _, column := range s.table.columns {
		for i, line := range column.title {
			baseline := s.y + height - 5 - headLine*float64(len(column.title)-1-i) - 1.6
			s.canvas.cell(labelText, margin+column.x, column.width, baseline, column.right, line)
		}
	}
	s.y += height
	s.canvas.lines(margin, s.width, []float64{s.y}, 0.8, accent)
}

// drawRow draws the cells of one row whose texts follow one another in text, and returns
// the length of these.
func (s *sheet) drawRow(text []byte, cells []cellSize) int {
	st := style{false, s.table.size, ink}
	baseline, at, shown := s.y+rowHeight*0.68, 0, s.table.columns
	for i, cell := range cells {
		end := at + int(cell.bytes)
		if len(shown) > 0 && shown[0].stat == i {
			column := &shown[0]
			shown = shown[1:]
			if float64(cell.width)*st.size/1000 <= column.width {
				s.canvas.place(st, margin+column.x, column.width, baseline, column.right, text[at:end], int(cell.width))
			} else {
				s.canvas.cell(st, margin+column.x, column.width, baseline, column.right, string(text[at:end]))
			}
		}
		at = end
	}
	return at
}
