package render

// front draws the first page: who the report is about, what it is and for when, the
// answer, whether it agrees, what is odd, what is urgent; then the charts, the totals,
// the notes.
func (s *sheet) front() {
	d := s.document
	s.bookmark(d.Printer.Word("document.summary"))
	s.letterhead()
	rest := s.heading()
	if s.rows.count == 0 && d.RowsElsewhere == "" {
		s.sentence(d.Empty) // first of all: an empty report is not a failed one
	}
	s.headlines()
	s.check()
	s.remarks()
	for _, table := range d.Urgent {
		s.urgent(table)
	}
	s.charts()
	for tables := d.Tables; len(tables) > 0; {
		tables = tables[s.totals(tables):]
	}
	s.facts(rest)
}

const logoWidth, logoHeight = 150.0, 34.0

// letterhead is the organisation, by its logo or its name, and the report's number.
func (s *sheet) letterhead() {
	name, number, report := s.document.Organization.Name, s.organizationNumber(), s.document.Number
	half := (s.width - gutter) / 2
	x := margin + half + gutter
	strong, small := style{true, 10, ink}, style{false, 8, muted}
	if s.logo != nil {
		w, h := s.logo.fit(logoWidth, logoHeight)
		s.canvas.picture(s.logo, margin, s.y, w, h)
		s.canvas.cell(strong, x, half, s.y+9, true, name)
		s.canvas.cell(small, x, half, s.y+20.5, true, number)
		s.canvas.cell(small, x, half, s.y+31.5, true, report)
		s.y += logoHeight + 26
		s.dirty = true
		return
	}
	s.canvas.cell(strong, margin, half, s.y+9, false, name)
	s.canvas.cell(small, margin, half, s.y+20.5, false, number)
	s.canvas.cell(small, x, half, s.y+9, true, report)
	if name+number+report != "" {
		s.y += 20.5 + 26
	}
	s.dirty = true
}

// organizationNumber is "Org.nr. 940 155 223".
func (s *sheet) organizationNumber() string {
	number := s.document.Organization.Number
	if number == "" {
		return ""
	}
	if len(number) == 9 && isDecimal(number) {
		number = number[:3] + "\u00a0" + number[3:6] + "\u00a0" + number[6:]
	}
	return s.document.Printer.Word("document.organization_number", number)
}

// factsWidth is the room of the facts that stand beside the title.
const factsWidth = 190.0

// heading writes what the report is and for when, and beside it as many facts as are no
// higher than that; it returns the others.
func (s *sheet) heading() []Fact {
	d, top, width := s.document, s.y, s.width
	if len(d.Facts) > 0 {
		width -= factsWidth + gutter
	}
	s.paragraph(titleText, width, 27, 2, d.Title)
	s.y += 2
	s.paragraph(periodText, width, 17, 2, d.Period)
	s.paragraph(style{false, 8.5, muted}, width, 13, 2, d.Span)
	s.paragraph(style{false, 8.5, muted}, width, 13, 1, d.Subtitle)
	bottom := s.y
	y, rest := top+11, d.Facts
	for len(rest) > 0 {
		next, fits := s.factBeside(rest[0], y, max(bottom, top+60)+2)
		if !fits {
			break
		}
		y, rest = next, rest[1:]
	}
	s.y = max(bottom, y-8) + 16
	return rest
}

// factBeside writes a fact beside the title, unless it reaches below bottom.
func (s *sheet) factBeside(fact Fact, y, bottom float64) (next float64, fits bool) {
	const labels, leading = 58.0, 11.0
	value := s.canvas.faces.regular.wrap(fact.Value, int((factsWidth-labels)*1000/8), 3)
	next = y + leading*float64(max(len(value), 1)) + 2
	if next-leading > bottom || s.canvas.faces.bold.points(fact.Label, headSize) > labels-4 {
		return y, false
	}
	x := margin + s.width - factsWidth
	s.canvas.cell(labelText, x, labels-4, y, false, fact.Label)
	for i, line := range value {
		s.canvas.cell(style{false, 8, ink}, x+labels, factsWidth-labels, y+leading*float64(i), false, line)
	}
	return next, true
}
