package render

// facts are label over value, as many beside each other as there is room for.
func (s *sheet) facts(facts []Fact) {
	if len(facts) == 0 {
		return
	}
	columns := min(len(facts), 3)
	if s.landscape {
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

const noteLeading, noteWidth = 11.0, 560.0

// notes are what a reader must know to read the figures.
func (s *sheet) notes() {
	for _, note := range s.document.Notes {
		s.paragraph(smallText, min(s.width, noteWidth), noteLeading, 6, note)
	}
	if len(s.document.Notes) > 0 {
		s.y += 14
	}
}

// notesHeight is the room that the notes take.
func (s *sheet) notesHeight() float64 {
	lines := 0
	for _, note := range s.document.Notes {
		lines += len(s.canvas.faces.regular.wrap(note, int(min(s.width, noteWidth)*1000/smallText.size), 6))
	}
	return noteLeading * float64(lines)
}
