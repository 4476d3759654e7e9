package render

import "slices"

// A grid is the layout of a table of totals at a width.
type grid struct {
	Table
	size   float64
	widths []float64
	gap    float64
	urgent bool // has a sign before its title
}

func (g grid) height() float64 { return tableTitle + tableHead + tableRow*float64(len(g.Rows)) }

func (g grid) width() float64 {
	return sum(g.widths) + g.gap*float64(max(len(g.widths)-1, 0))
}

// fits tells whether a table is read in full at a width.
func (s *sheet) fits(t Table, width float64) bool {
	return sum(naturalWidths(t, s.canvas.faces, plainText.size))+tableGap*float64(len(t.Right)-1) <= width
}

// tablesNeedWidth tells whether a table is too wide for a portrait page.
func (s *sheet) tablesNeedWidth() bool {
	for _, t := range slices.Concat(s.document.Urgent, s.document.Tables) {
		if !s.fits(t, portraitWidth-2*margin) {
			return true
		}
	}
	return false
}

// grid fits a table into a width: where it is too wide, long texts are shortened, then
// the font gets smaller, and at the last all columns give.
func (s *sheet) grid(t Table, width float64) grid {
	g := grid{Table: t, size: plainText.size, gap: tableGap}
	room := width - g.gap*float64(max(len(t.Right)-1, 0))
	for {
		g.widths = naturalWidths(t, s.canvas.faces, g.size)
		for limit := width; sum(g.widths) > room && limit >= tightColumn; limit -= 4 {
			for i := range g.widths {
				if !t.Right[i] {
					g.widths[i] = min(g.widths[i], limit)
				}
			}
		}
		if sum(g.widths) <= room || g.size <= 5 {
			break
		}
		g.size -= 0.5
	}
	if g.even(width) {
		return g
	}
	if scale := max(room, 0) / max(sum(g.widths), 1); scale < 1 {
		for i := range g.widths {
			g.widths[i] *= scale
		}
	}
	if n := len(g.widths) - 1; n > 0 {
		g.gap = max((width-sum(g.widths))/float64(n), 0)
	} else if n == 0 {
		g.widths[0] = width
	}
	return g
}

// even gives the columns even room, two parts to the first, where all are read in full
// then: tables of as many columns under each other have their figures in line.
func (g *grid) even(width float64) bool {
	n := len(g.widths)
	if n < 2 || g.Right[0] {
		return false
	}
	slot := width / float64(n+1)
	widths := make([]float64, n)
	for i, w := range g.widths {
		widths[i] = slot - g.gap
		if i == 0 {
			widths[i] = 2 * slot
		}
		if w > widths[i] {
			return false
		}
	}
	g.widths = widths
	return true
}

// naturalWidths are the widths that the columns need to be read in full.
func naturalWidths(t Table, f faces, size float64) []float64 {
	widths := make([]float64, len(t.Right))
	for i := range widths {
		widths[i] = f.bold.points(t.Head[i], min(headSize, size))
		for k, row := range t.Rows {
			face := f.regular
			if t.Total && k == len(t.Rows)-1 {
				face = f.bold
			}
			widths[i] = max(widths[i], face.points(row[i], size))
		}
		widths[i] += 0.2
	}
	return widths
}

func sum(values []float64) float64 {
	total := 0.0
	for _, v := range slices.All(values) {
		total += v
	}
	return total
}
