package render

import (
	"slices"

	"rapport/internal/content"
	"rapport/render/internal/pdf"
)

// How the answers are set, in points.
const (
	panelPad  = 16.0
	partGap   = 24.0
	figureMax = 30.0 // of one answer
	figureMin = 20.0 // an answer that must be smaller gets the whole width
	rowFigure = 16.0 // of each of several
)

var (
	changeText = regular(9, ink)
	partText   = bold(11, ink)
	countText  = regular(8, muted)
)

// headlinePanel draws the answer of a report.
type headlinePanel struct{ *pageFlow }

// draw draws one answer in large figures with its parts beside it, several as rows of one
// table.
func (s *headlinePanel) draw(all []content.Headline) {
	if len(all) == 0 {
		return
	}
	if columns, fits := s.columns(all); fits && len(all) > 1 {
		s.drawRows(columns)
	} else {
		for _, h := range all {
			s.drawOne(h)
		}
	}
	s.y += 18
}

// drawOne draws an answer over the whole width.
func (s *headlinePanel) drawOne(h content.Headline) {
	h.Parts = slices.DeleteFunc(slices.Clone(h.Parts), func(p content.Part) bool { return p == content.Part{} })
	inner := s.width - 2*panelPad
	size, beside := s.figureSize(h, inner)
	lines := [][]content.Part{h.Parts}
	if !beside {
		lines = s.partLines(h.Parts, inner)
	}
	height := panelPad + 8 + size*0.72 + 12 + panelPad
	if h.Change != "" {
		height += 15
	}
	if !beside {
		height += 46 * float64(len(lines))
	} else if len(h.Parts) > 0 {
		height = max(height, panelPad+8+size*0.72+12+15+panelPad)
	}
	s.ensure(height)
	s.background(height)
	x, y, width := margin+panelPad, s.y+panelPad, inner
	if beside {
		width -= s.partsWidth(h.Parts)
	}
	base := y + 8 + 10 + size*0.72
	s.canvas.begin(pdf.Paragraph)
	s.canvas.cell(bold(8, muted), x, width, y+7, false, h.Label)
	s.canvas.cell(bold(size, ink), x, width, base, false, h.Amount)
	s.canvas.cell(changeText, x, width, base+17, false, h.Change)
	s.canvas.end()
	if beside {
		s.drawParts(h.Parts, margin+s.width-panelPad-s.partsWidth(h.Parts)+partGap, base-15, base, base+17)
	} else {
		y = base + 14
		if h.Change != "" {
			y += 15
		}
		for _, line := range lines {
			s.drawParts(line, x, y+8, y+22, y+34)
			y += 46
		}
	}
	s.y += height
	s.begun = true
}

// figureSize is the size of an answer, and whether its parts fit beside it.
func (s *headlinePanel) figureSize(h content.Headline, width float64) (size float64, beside bool) {
	room := width - s.partsWidth(h.Parts)
	for size = figureMax; size >= figureMin; size -= 2 {
		if s.canvas.fonts.Bold.Points(h.Amount, size) <= room && s.canvas.fonts.Regular.Points(h.Change, changeText.Size) <= room {
			return size, true
		}
	}
	for size = figureMax; size > 8 && s.canvas.fonts.Bold.Points(h.Amount, size) > width; {
		size--
	}
	return size, false
}

// partWidth is the width in which a part is read in full.
func (s *headlinePanel) partWidth(p content.Part) float64 {
	f := s.canvas.fonts
	return max(f.Bold.Points(p.Label, labelText.Size), f.Bold.Points(p.Amount, partText.Size), f.Regular.Points(p.Count, countText.Size)) + 0.2
}

// partsWidth is that of all parts with a gap before each.
func (s *headlinePanel) partsWidth(parts []content.Part) float64 {
	width := 0.0
	for _, p := range parts {
		width += partGap + s.partWidth(p)
	}
	return width
}

// partLines breaks parts into lines that fit a width.
func (s *headlinePanel) partLines(parts []content.Part, width float64) [][]content.Part {
	var lines [][]content.Part
	for from, to := 0, 0; from < len(parts); from = to {
		for to = from + 1; to < len(parts) && s.partsWidth(parts[from:to+1])-partGap <= width; {
			to++
		}
		lines = append(lines, parts[from:to])
	}
	return lines
}

// drawParts writes parts beside each other, on the baselines of label, amount and count.
func (s *headlinePanel) drawParts(parts []content.Part, x, label, amount, count float64) {
	for _, p := range parts {
		width := min(s.partWidth(p), margin+s.width-panelPad-x)
		s.canvas.begin(pdf.Paragraph)
		s.canvas.cell(labelText, x, width, label, false, p.Label)
		s.canvas.cell(partText, x, width, amount, false, p.Amount)
		s.canvas.cell(countText, x, width, count, false, p.Count)
		s.canvas.end()
		x += width + partGap
	}
}

// background is what answers stand on.
func (s *headlinePanel) background(height float64) {
	s.canvas.box(margin, s.y, s.width, height, tint)
	s.canvas.box(margin, s.y, 2.4, height, accent)
}
