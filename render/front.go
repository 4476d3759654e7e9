package render

// front draws page one: who the report is about, what it is and for when, the facts,
// the totals and the notes.
func (s *sheet) front() {
	s.letterhead()
	s.heading()
	s.facts()
	if s.rows.count == 0 && s.document.RowsElsewhere == "" {
		s.sentence(s.document.Empty) // first of all: an empty report is not a failed one
	}
	for tables := s.document.Tables; len(tables) > 0; {
		tables = tables[s.totals(tables):]
	}
	s.notes()
}

const logoWidth, logoHeight = 150.0, 34.0

// letterhead is the organisation: its name left, or its logo and the name right.
func (s *sheet) letterhead() {
	name, number := s.document.Organization.Name, s.organizationNumber()
	right := s.logo != nil
	x, width := margin, s.width
	if right {
		w, h := s.logo.fit(logoWidth, logoHeight)
		s.canvas.picture(s.logo, margin, s.y, w, h)
		x, width = margin+logoWidth+20, s.width-logoWidth-20
	}
	s.canvas.cell(style{true, 10, ink}, x, width, s.y+9, right, name)
	s.canvas.cell(style{false, 8, muted}, x, width, s.y+20.5, right, number)
	switch {
	case right:
		s.y += logoHeight + 24
	case name != "" || number != "":
		s.y += 20.5 + 26
	default:
		s.y += 6
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

func (s *sheet) heading() {
	d := s.document
	s.canvas.box(margin, s.y, 26, 2.4, accent)
	s.y += 13
	s.paragraph(titleText, s.width, 26, 2, d.Title)
	s.y++
	s.paragraph(periodText, s.width, 17, 2, d.Period)
	s.paragraph(style{false, 8.5, muted}, s.width, 13, 2, join("  ·  ", d.Subtitle, d.Span))
	s.y += 12
}

// facts are label over value, as many beside each other as there is room for.
func (s *sheet) facts() {
	facts := s.document.Facts
	if len(facts) == 0 {
		return
	}
	columns := min(len(facts), 3)
	if s.table.landscape {
		columns = min(len(facts), 5)
	}
	const gap = 18.0
	width := min((s.width-gap*float64(columns-1))/float64(columns), 240)
	for len(facts) > 0 {
		line := facts[:min(columns, len(facts))]
		facts = facts[len(line):]
		s.factLine(line, width, gap)
	}
	s.y += 8
}

func (s *sheet) factLine(line []Fact, width, gap float64) {
	lines, most := make([][]string, len(line)), 1
	for i, fact := range line {
		lines[i] = s.canvas.face(plainText).wrap(fact.Value, int(width*1000/plainText.size), 3)
		most = max(most, len(lines[i]))
	}
	height := 11 + 11.5*float64(most)
	s.reserve(height)
	for i, fact := range line {
		x := margin + float64(i)*(width+gap)
		s.canvas.cell(labelText, x, width, s.y+7, false, fact.Label)
		for k, text := range lines[i] {
			s.canvas.cell(plainText, x, width, s.y+18.5+11.5*float64(k), false, text)
		}
	}
	s.y += height + 5
	s.dirty = true
}

func (s *sheet) notes() {
	if len(s.document.Notes) == 0 {
		return
	}
	s.y += 2
	for _, note := range s.document.Notes {
		s.paragraph(smallText, min(s.width, 560), 11, 6, note)
	}
	s.y += 12
}
