package render

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
