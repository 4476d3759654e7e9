package render

import "strings"

// body draws the rows, or says why there are none.
func (s *sheet) body() {
	d := s.document
	if s.withoutRows() {
		s.sentence(d.RowsElsewhere)
		return
	}
	s.turn(s.table.landscape)
	start := s.rowsHead()
	s.reserve(start + float64(min(s.rows.count, 5))*rowHeight)
	s.bookmark(d.Printer.Word("document.rows"))
	s.canvas.cell(groupText, margin, s.width, s.y+9, false, d.Printer.Word("document.rows")+"  ·  "+d.Printer.Int(int64(s.rows.count)))
	s.y += 17
	for _, line := range s.lifted() {
		s.canvas.cell(smallText, margin, s.width, s.y+6, false, line)
		s.y += 11
	}
	s.y += 3
	s.dirty = true
	if len(s.table.columns) > 0 {
		s.drawRows()
	}
}

// rowsHead is the height of what stands above the first row.
func (s *sheet) rowsHead() float64 {
	return 20 + 11*float64(len(s.lifted())) + s.headHeight()
}

// lifted is what all rows have in common: "Valuta NOK  ·  Salgssted Oslo".
func (s *sheet) lifted() []string {
	var parts []string
	for _, fact := range s.table.lifted {
		parts = append(parts, fact.Label+" "+fact.Value)
	}
	return s.canvas.faces.regular.wrap(strings.Join(parts, "  ·  "), int(s.width*1000/smallText.size), 3)
}

// sentence is said in the place of the rows.
func (s *sheet) sentence(text string) {
	if text == "" {
		return
	}
	s.reserve(40)
	s.bookmark(s.document.Printer.Word("document.rows"))
	s.canvas.box(margin, s.y, 2.4, 22, accent)
	s.canvas.cell(style{false, 10, ink}, margin+12, s.width-12, s.y+14.5, false, text)
	s.y += 22 + tableAfter
	s.dirty = true
}

func (s *sheet) headHeight() float64 {
	lines := 1
	for _, column := range s.table.columns {
		lines = max(lines, len(column.title))
	}
	return headLine*float64(lines) + 5
}

// drawRows draws all rows, with the header on every page.
func (s *sheet) drawRows() {
	text, cells := s.rows.text, s.rows.cells
	n := len(s.rows.columns)
	hairs := make([]float64, 0, 64)
	for from := 0; from < s.rows.count; {
		if from > 0 {
			s.newPage()
		}
		s.drawHead()
		room := max(int((s.bottom-s.y)/rowHeight), 1)
		to := min(from+room, s.rows.count)
		if rest := s.rows.count - to; rest == 1 && room > 4 {
			to-- // the last row is not left alone
		}
		if s.canvas.dry {
			from, s.y, s.dirty = to, s.y+rowHeight*float64(to-from), true
			continue
		}
		hairs = hairs[:0]
		for ; from < to; from++ {
			s.drawRow(text, cells[:n])
			for _, cell := range cells[:n] {
				text = text[cell.bytes:]
			}
			cells = cells[n:]
			s.y += rowHeight
			hairs = append(hairs, s.y)
		}
		s.canvas.lines(margin, s.width, hairs, 0.4, faint)
		s.dirty = true
	}
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

// drawRow draws the cells of one row whose texts follow one another in text.
func (s *sheet) drawRow(text []byte, cells []cellSize) {
	st := style{false, s.table.size, ink}
	baseline, at, shown := s.y+rowHeight*0.68, 0, s.table.columns
	for i, cell := range cells {
		if len(shown) == 0 {
			return
		}
		end := at + int(cell.bytes)
		if shown[0].stat == i {
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
}

// footer ends a page: whose it is, when the data was read, and its number.
func (s *sheet) footer() {
	if s.canvas.dry {
		return
	}
	d, page, top := s.document, s.canvas.page, s.canvas.height-44
	number := d.Printer.Word("document.page", d.Printer.Int(int64(page)), d.Printer.Int(int64(s.pages)))
	read := d.Printer.Word("document.data_read") + " " + d.Printer.DateTime(d.Created)
	s.canvas.lines(margin, s.width, []float64{top}, 0.4, faint)
	s.footerLine(top+12, join("  ·  ", d.Organization.Name, d.Title, d.Period), number)
	s.footerLine(top+22, join("  ·  ", d.Number, read), d.Program)
	if page == s.pages && s.cleaner.lossy {
		s.canvas.cell(tinyText, margin, s.width, top-6, false, d.Printer.Word("document.unprintable"))
	}
}

// footerLine writes a text at the left and one at the right, which is never cut.
func (s *sheet) footerLine(baseline float64, left, right string) {
	room := min(s.canvas.faces.regular.points(right, tinyText.size)+0.2, s.width/2)
	s.canvas.cell(tinyText, margin, s.width-room-24, baseline, false, left)
	s.canvas.cell(tinyText, margin+s.width-room, room, baseline, true, right)
}
