package render

import (
	"cmp"
	"slices"

	"rapport/internal/content"
	"rapport/render/internal/pdf"
)

// headlineColumns is the layout of several answers: widths of the figure and of each part.
type headlineColumns struct {
	rows         []content.Headline // each with all parts, empty where it has none of that name
	widths       []float64
	figure, part float64 // sizes
	labels       bool    // every row has labels of its own
}

// maxParts is how many parts stand in one row.
const maxParts = 8

// columns lays several answers out in common columns, in smaller figures where
// need be; fits is false where even that is too wide.
func (s *headlinePanel) columns(all []content.Headline) (t headlineColumns, fits bool) {
	labels := partLabels(all)
	if len(labels) > maxParts {
		return t, false
	}
	for _, h := range all {
		t.rows = append(t.rows, withParts(h, labels))
		t.labels = t.labels || h.Label != all[0].Label
	}
	for scale := 1.0; scale > 0.55; scale -= 0.05 {
		t.figure, t.part = rowFigure*scale, partText.Size*scale
		t.widths = s.columnWidths(t)
		if sum(t.widths)+partGap*float64(len(t.widths)-1) <= s.width-2*panelPad {
			return t, true
		}
	}
	return t, false
}

// partLabels are the names of all parts, those of the answer with most of them first.
func partLabels(all []content.Headline) []string {
	longest := slices.MaxFunc(all, func(a, b content.Headline) int { return cmp.Compare(len(a.Parts), len(b.Parts)) })
	var labels []string
	for _, h := range append([]content.Headline{longest}, all...) {
		for _, p := range h.Parts {
			if !slices.Contains(labels, p.Label) {
				labels = append(labels, p.Label)
			}
		}
	}
	return labels
}

// withParts is an answer with the named parts in order; of several of a name, the rest
// keeps its place behind the first in its own words.
func withParts(h content.Headline, labels []string) content.Headline {
	parts := make([]content.Part, len(labels))
	for i, label := range labels {
		parts[i].Label = label
		for _, p := range h.Parts {
			if p.Label == label && parts[i] == (content.Part{Label: label}) {
				parts[i] = p
			} else if p.Label == label {
				parts[i].Count = join("  ·  ", parts[i].Count, p.Amount, p.Count)
			}
		}
	}
	h.Parts = parts
	return h
}

func (s *headlinePanel) columnWidths(t headlineColumns) []float64 {
	f := s.canvas.fonts
	widths := make([]float64, 1+len(t.rows[0].Parts))
	for _, h := range t.rows {
		widths[0] = max(widths[0], f.Bold.Points(h.Amount, t.figure), f.Regular.Points(h.Change, countText.Size), f.Bold.Points(h.Label, labelText.Size))
		for i, p := range h.Parts {
			widths[i+1] = max(widths[i+1], f.Bold.Points(p.Amount, t.part), f.Regular.Points(p.Count, countText.Size), f.Bold.Points(p.Label, labelText.Size))
		}
	}
	for i := range widths {
		widths[i] += 0.2
	}
	return widths
}

// drawRows draws several answers one under another, figures under figures.
func (s *headlinePanel) drawRows(t headlineColumns) {
	all, counts := t.rows, false
	for _, h := range all {
		counts = counts || h.Change != ""
		for _, p := range h.Parts {
			counts = counts || p.Count != ""
		}
	}
	height := 28.0
	if counts {
		height += 10
	}
	page := s.canvas.number
	s.canvas.begin(pdf.Table)
	for i, h := range all {
		if s.begun && s.y+height+20 > s.bottom { // with labels, which the first on a page has
			s.newPage()
		}
		head := i == 0 || t.labels || s.canvas.number != page
		page = s.canvas.number
		full := height
		if head {
			full += 14
		}
		if i == 0 || i == len(all)-1 {
			full += 6
		}
		s.ensure(full)
		s.background(full)
		if i > 0 {
			s.canvas.lines(margin+panelPad, s.width-2*panelPad, []float64{s.y}, 0.5, faint)
		}
		y := s.y
		if i == 0 {
			y += 6
		}
		if head {
			y += 14
		}
		s.drawRow(h, t, y, head, i > 0 && !t.labels)
		s.y += full
		s.begun = true
	}
	s.canvas.end()
}

// drawRow draws an answer whose labels stand above y, for the first time or again.
func (s *headlinePanel) drawRow(h content.Headline, t headlineColumns, y float64, head, again bool) {
	cells := append([]content.Part{{Label: h.Label, Amount: h.Amount, Count: h.Change}}, h.Parts...)
	lefts := make([]float64, len(cells))
	lefts[0] = margin + panelPad
	x := margin + s.width - panelPad
	for i := len(cells) - 1; i > 0; i-- {
		x -= t.widths[i]
		lefts[i] = x
		x -= partGap
	}
	base := y + 20
	cell := func(st style, i int, baseline float64, text string) {
		s.canvas.cell(st, lefts[i], t.widths[i], baseline, i > 0, text)
	}
	if head {
		s.canvas.headerRow(again, func() {
			for i, c := range cells {
				s.canvas.in(pdf.ColumnHeader, func() { cell(labelText, i, y, c.Label) })
			}
		})
	}
	s.canvas.begin(pdf.TableRow)
	for i, c := range cells {
		size := t.part
		if i == 0 {
			size = t.figure
		}
		s.canvas.begin(pdf.Cell)
		cell(bold(size, ink), i, base, c.Amount)
		cell(countText, i, base+11.5, c.Count)
		s.canvas.end()
	}
	s.canvas.end()
}
