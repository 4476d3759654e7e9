package render

const signSize = 11.0

// check writes whether the figures agree with a second source, and below it where not.
func (s *sheet) check() {
	c := s.document.Check
	signs := map[CheckState]sign{Agrees: tick, Differs: alarm, NotChecked: open}
	drawn, said := signs[c.State]
	if !said {
		return
	}
	s.signed(drawn, style{true, 9.5, ink}, 13.5, c.Text)
	for _, detail := range c.Details {
		s.indented(style{false, 8.5, ink}, 12, detail)
	}
	s.y += 14
}

// remarks lists what is missing or odd.
func (s *sheet) remarks() {
	if len(s.document.Remarks) == 0 {
		return
	}
	s.reserve(34)
	s.canvas.cell(groupText, margin, s.width, s.y+9, false, s.document.Printer.Word("document.remarks"))
	s.y += 18
	for _, remark := range s.document.Remarks {
		s.signed(pointing, style{false, 9, ink}, 13, remark)
	}
	s.y += 16
}

// signed writes a text after a sign.
func (s *sheet) signed(drawn sign, st style, leading float64, text string) {
	if text == "" {
		return
	}
	s.reserve(leading)
	size := signSize
	if drawn == pointing {
		size = 7
	}
	s.canvas.sign(drawn, margin+(signSize-size)/2, s.y+leading*0.75-st.size*0.36-size/2, size)
	s.indented(st, leading, text)
}

const indent = signSize + 7

// indented writes a text under that of a sign.
func (s *sheet) indented(st style, leading float64, text string) {
	for _, line := range s.canvas.face(st).wrap(text, int((s.width-indent)*1000/st.size), 4) {
		s.reserve(leading)
		s.canvas.cell(st, margin+indent, s.width-indent, s.y+leading*0.75, false, line)
		s.y += leading
		s.dirty = true
	}
}

// urgent draws a table that somebody must act on.
func (s *sheet) urgent(t Table) {
	if len(t.Right) == 0 {
		return
	}
	g := s.grid(t, s.width)
	s.reserve(tableTitle + tableHead + tableRow*float64(min(len(t.Rows), 5)))
	g.urgent = true
	s.flow(g, 1, 0)
}
