package render

import "strings"

// body draws the rows, or says why there are none.
func (s *sheet) body() {
	d := s.document
	if s.withoutRows() {
		s.notes()
		s.sentence(d.RowsElsewhere)
		return
	}
	early := s.table.landscape == s.landscape || s.y+s.notesHeight() <= s.bottom
	if early {
		s.notes()
	}
	s.turn(s.table.landscape)
	if !early { // there was no room for them, and they do not get a page to themselves
		s.notes()
	}
	first := float64(min(s.rows.count, 5)) * rowHeight
	if s.rows.sums.grouped() {
		first += dayGap + rowHeight
	}
	s.reserve(s.rowsHead() + first)
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
