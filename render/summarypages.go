package render

import (
	"cmp"
	"slices"

	"rapport/internal/content"
	"rapport/render/internal/pdf"
)

// summary is the first page, and as many more as it needs.
type summary struct {
	*pageFlow
	document *Document
	logo     *pdf.Image // nil: none
	totals   *totalsTables
	rows     int
}

// draw draws who the report is about, what it is and for when, the answer, whether it
// agrees, what is odd, what is urgent; then the charts, the totals, the facts.
func (s *summary) draw() {
	d := s.document
	s.bookmark(0, s.words.Word("document.summary"))
	s.letterhead()
	facts := s.heading()
	if s.rows == 0 && d.RowsElsewhere == "" {
		s.notice(d.Empty) // first of all: an empty report is not a failed one
	}
	(&headlinePanel{s.pageFlow}).draw(d.Headlines)
	s.check()
	s.remarks()
	for _, table := range d.Urgent {
		s.totals.drawUrgent(table)
	}
	(&barCharts{s.pageFlow}).draw(d.Charts)
	s.totals.draw(d.Tables)
	s.facts(facts)
}

const logoWidth, logoHeight = 150.0, 34.0

// letterhead is the organization, by its logo or its name, and the report's number. A name
// is as many lines as it needs: it is whose report it is.
func (s *summary) letterhead() {
	name, number, report := s.document.Organization.Name, organizationNumber(s.document), s.document.Number
	strong, small := bold(10, ink), regular(8, muted)
	room := s.width - gutter - min(max(s.canvas.font(small).Points(report, small.Size)+0.2, 60), s.width/3)
	x, right, top := margin, false, s.y
	if s.logo != nil {
		w, h := s.logo.Fit(logoWidth, logoHeight)
		s.canvas.figure(cmp.Or(name, s.words.Word("document.logo")), margin, s.y, w, h, func() { s.canvas.picture(s.logo, margin, s.y, w, h) })
		room = s.width - logoWidth - gutter
		x, right = margin+logoWidth+gutter, true
	}
	s.begun = true
	lines := s.canvas.font(strong).Wrap(name, int(room*1000/strong.Size), nameLines)
	y := s.y + 9 - nameLeading
	s.canvas.begin(pdf.Paragraph)
	for _, line := range lines {
		y += nameLeading
		s.canvas.cell(strong, x, room, y, right, line)
	}
	s.canvas.end()
	y = max(y, s.y+9) + 11.5
	s.canvas.cell(small, x, room, y, right, number)
	switch {
	case s.logo != nil:
		s.canvas.cell(small, x, room, y+11, right, report)
		s.y = max(top+logoHeight, y+13.5) + 26
	case name+number+report != "":
		s.canvas.cell(small, x+room+gutter, s.width-room-gutter, top+9, true, report)
		s.y = y + 26
	}
}

const nameLines, nameLeading = 8, 12.5

// organizationNumber is "Org.nr. 940 155 223".
func organizationNumber(d *Document) string {
	number := d.Organization.Number
	if number == "" {
		return ""
	}
	if len(number) == 9 && content.IsDecimal(number) {
		number = number[:3] + "\u00a0" + number[3:6] + "\u00a0" + number[6:]
	}
	return d.Printer.Word("document.organization_number", number)
}

const titleLines = 4

// factsWidth is the room of the facts that stand beside the title.
const factsWidth = 190.0

// heading writes what the report is and for when, and beside it as many facts as are no
// higher than that; it returns the others.
func (s *summary) heading() []content.Fact {
	d, top, width := s.document, s.y, s.width
	if len(d.Facts) > 0 {
		width -= factsWidth + gutter
	}
	s.paragraph(titleText, margin, width, 27, titleLines, d.Title)
	s.y += 2
	s.paragraph(periodText, margin, width, 17, 2, d.Period)
	s.paragraph(regular(8.5, muted), margin, width, 13, 2, d.Span)
	s.paragraph(regular(8.5, muted), margin, width, 13, 3, d.Subtitle)
	bottom := s.y
	y, rest := top+11, d.Facts
	s.canvas.begin(pdf.List)
	for len(rest) > 0 {
		next, fits := s.factBeside(rest[0], y, max(bottom, top+60)+2)
		if !fits {
			break
		}
		y, rest = next, rest[1:]
	}
	s.canvas.end()
	s.y = max(bottom, y-8) + 16
	return rest
}

// factBeside writes a fact beside the title, unless it reaches below bottom.
func (s *summary) factBeside(fact content.Fact, y, bottom float64) (next float64, fits bool) {
	const labels, leading = 58.0, 11.0
	value := s.canvas.fonts.Regular.Wrap(fact.Value, int((factsWidth-labels)*1000/8), shortFact+1)
	next = y + leading*float64(max(len(value), 1)) + 2
	if len(value) > shortFact || next-leading > bottom || s.canvas.fonts.Bold.Points(fact.Label, headerSize) > labels-4 {
		return y, false
	}
	x := margin + s.width - factsWidth
	s.fact(func() { s.canvas.cell(labelText, x, labels-4, y, false, fact.Label) }, func() {
		for i, line := range value {
			s.canvas.cell(regular(8, ink), x+labels, factsWidth-labels, y+leading*float64(i), false, line)
		}
	})
	return next, true
}

// fact draws an item of a list: what it is called, and what it says.
func (s *summary) fact(label, value func()) {
	c := s.canvas
	c.in(pdf.ListItem, func() {
		c.in(pdf.ItemLabel, label)
		c.in(pdf.ItemText, func() { c.in(pdf.Paragraph, value) })
	})
}

// shortFact is how many lines a fact may have beside others; a longer one has the whole width, as a
// paper must say what it is of.
const shortFact, longFact = 3, 400

// facts are label over value, as many beside each other as there is room for, then the long ones.
func (s *summary) facts(facts []content.Fact) {
	if len(facts) == 0 {
		return
	}
	columns := min(len(facts), 3)
	if s.landscape {
		columns = min(len(facts), 5)
	}
	const gap = 18.0
	width := min((s.width-gap*float64(columns-1))/float64(columns), 240)
	var short, long []content.Fact
	for _, fact := range facts {
		if len(s.canvas.font(plainText).Wrap(fact.Value, int(width*1000/plainText.Size), shortFact+1)) > shortFact {
			long = append(long, fact)
		} else {
			short = append(short, fact)
		}
	}
	s.canvas.begin(pdf.List)
	for line := range slices.Chunk(short, columns) {
		s.factLine(line, width, gap)
	}
	for _, fact := range long {
		s.ensure(34)
		s.canvas.in(pdf.ListItem, func() {
			s.canvas.in(pdf.ItemLabel, func() { s.canvas.cell(labelText, margin, s.width, s.y+7, false, fact.Label) })
			s.y += 10
			s.canvas.in(pdf.ItemText, func() { s.paragraph(plainText, margin, s.width, 11.5, longFact, fact.Value) })
		})
		s.y += 6
	}
	s.canvas.end()
	s.y += 8
}

func (s *summary) factLine(facts []content.Fact, width, gap float64) {
	values, most := make([][]string, len(facts)), 1
	for i, fact := range facts {
		values[i] = s.canvas.font(plainText).Wrap(fact.Value, int(width*1000/plainText.Size), shortFact)
		most = max(most, len(values[i]))
	}
	height := 11 + 11.5*float64(most)
	s.ensure(height)
	for i, fact := range facts {
		x := margin + float64(i)*(width+gap)
		s.fact(func() { s.canvas.cell(labelText, x, width, s.y+7, false, fact.Label) }, func() {
			for k, line := range values[i] {
				s.canvas.cell(plainText, x, width, s.y+18.5+11.5*float64(k), false, line)
			}
		})
	}
	s.y += height + 5
	s.begun = true
}
