package render

import (
	"rapport/internal/content"
	"rapport/render/internal/pdf"
)

// check writes whether the figures agree with a second source, and below it where not.
func (s *summary) check() {
	c := s.document.Check
	drawn, known := map[content.CheckState]icon{content.Agrees: tickIcon, content.Differs: alertIcon, content.NotChecked: unknownIcon}[c.State]
	if !known {
		return
	}
	s.withIcon(drawn, iconSize, bold(9.5, ink), 13.5, c.Text)
	for _, detail := range c.Details {
		s.indented(regular(8.5, ink), 12, detail)
	}
	s.y += 14
}

// remarks lists what is missing or odd.
func (s *summary) remarks() {
	if len(s.document.Remarks) == 0 {
		return
	}
	title := s.words.Word("document.remarks")
	s.ensure(34)
	s.canvas.heading(margin, s.width, s.y+9, title)
	s.y += 18
	s.canvas.begin(pdf.List)
	for i, remark := range s.document.Remarks {
		if i > 0 && s.y+13 > s.bottom {
			s.newPage()
			s.canvas.artifact(func() { s.canvas.heading(margin, s.width, s.y+9, s.continued(title)) })
			s.y += 18
		}
		s.canvas.begin(pdf.ListItem)
		s.canvas.begin(pdf.ItemText)
		s.withIcon(pointerIcon, pointerSize, regular(9, ink), 13, remark)
		s.canvas.end()
		s.canvas.end()
	}
	s.canvas.end()
	s.y += 16
}

// withIcon writes a text after an icon.
func (s *summary) withIcon(drawn icon, size float64, st style, leading float64, text string) {
	if text == "" {
		return
	}
	s.ensure(leading)
	s.canvas.icon(drawn, margin+(iconSize-size)/2, s.y+leading*0.75-st.Size*0.36-size/2, size)
	s.indented(st, leading, text)
}

const indent = iconSize + 7

// indented writes a text below another one that has an icon.
func (s *summary) indented(st style, leading float64, text string) {
	s.paragraph(st, margin+indent, s.width-indent, leading, 8, text)
}
