package render

import "slices"

// How the answers are set, in points.
const (
	panelPad   = 16.0
	partGap    = 24.0
	figureSize = 30.0 // of one answer
	figureMin  = 20.0 // an answer that must be smaller gets the whole width
	rowFigure  = 16.0 // of each of several
)

var (
	changeText = style{false, 9, ink}
	partText   = style{true, 11, ink}
	countText  = style{false, 8, muted}
)

// headlines draws the answer: one in large figures with its parts beside it, several as
// rows of one table.
func (s *sheet) headlines() {
	all := s.document.Headlines
	if len(all) == 0 {
		return
	}
	if columns, ok := s.headlineColumns(all); ok && len(all) > 1 {
		s.headlineRows(columns)
	} else {
		for _, h := range all {
			s.headline(h)
		}
	}
	s.y += 18
}

// headline draws one answer over the whole width.
func (s *sheet) headline(h Headline) {
	h.Parts = slices.DeleteFunc(slices.Clone(h.Parts), func(p Part) bool { return p == Part{} })
	inner := s.width - 2*panelPad
	size, beside := s.figure(h, inner)
	lines := [][]Part{h.Parts}
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
	s.reserve(height)
	s.panel(height)
	x, y, width := margin+panelPad, s.y+panelPad, inner
	if beside {
		width -= s.partsWidth(h.Parts)
	}
	base := y + 8 + 10 + size*0.72
	s.canvas.cell(style{true, 8, muted}, x, width, y+7, false, h.Label)
	s.canvas.cell(style{true, size, ink}, x, width, base, false, h.Amount)
	s.canvas.cell(changeText, x, width, base+17, false, h.Change)
	if beside {
		s.parts(h.Parts, margin+s.width-panelPad-s.partsWidth(h.Parts)+partGap, base-15, base, base+17)
	} else {
		y = base + 14
		if h.Change != "" {
			y += 15
		}
		for _, line := range lines {
			s.parts(line, x, y+8, y+22, y+34)
			y += 46
		}
	}
	s.y += height
	s.dirty = true
}

// figure is the size of an answer, and whether its parts fit beside it.
func (s *sheet) figure(h Headline, width float64) (size float64, beside bool) {
	room := width - s.partsWidth(h.Parts)
	for size = figureSize; size >= figureMin; size -= 2 {
		if s.canvas.faces.bold.points(h.Amount, size) <= room && s.canvas.faces.regular.points(h.Change, changeText.size) <= room {
			return size, true
		}
	}
	for size = figureSize; size > 8 && s.canvas.faces.bold.points(h.Amount, size) > width; {
		size--
	}
	return size, false
}

// partWidth is the width in which a part is read in full.
func (s *sheet) partWidth(p Part) float64 {
	f := s.canvas.faces
	return max(f.bold.points(p.Label, labelText.size), f.bold.points(p.Amount, partText.size), f.regular.points(p.Count, countText.size)) + 0.2
}

// partsWidth is that of all parts with a gap before each.
func (s *sheet) partsWidth(parts []Part) float64 {
	width := 0.0
	for _, p := range parts {
		width += partGap + s.partWidth(p)
	}
	return width
}

// partLines breaks parts into lines that fit a width.
func (s *sheet) partLines(parts []Part, width float64) [][]Part {
	var lines [][]Part
	for from, to := 0, 0; from < len(parts); from = to {
		for to = from + 1; to < len(parts) && s.partsWidth(parts[from:to+1])-partGap <= width; {
			to++
		}
		lines = append(lines, parts[from:to])
	}
	return lines
}

// parts writes parts beside each other, on the baselines of label, amount and count.
func (s *sheet) parts(parts []Part, x, label, amount, count float64) {
	for _, p := range parts {
		width := min(s.partWidth(p), margin+s.width-panelPad-x)
		s.canvas.cell(labelText, x, width, label, false, p.Label)
		s.canvas.cell(partText, x, width, amount, false, p.Amount)
		s.canvas.cell(countText, x, width, count, false, p.Count)
		x += width + partGap
	}
}

// panel is the ground that answers stand on.
func (s *sheet) panel(height float64) {
	s.canvas.box(margin, s.y, s.width, height, tint)
	s.canvas.box(margin, s.y, 2.4, height, accent)
}
