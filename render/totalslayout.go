package render

import (
	"rapport/internal/content"
	"rapport/render/internal/pdf"
)

// tableLayout is a table of totals that is laid out at a width.
type tableLayout struct {
	content.Table
	size   float64 // of the font
	row    float64 // height of one
	widths []float64
	gap    float64 // between columns
	urgent bool    // has an icon before its title
}

func (t tableLayout) height() float64 {
	return tableTitle + tableHead + t.row*float64(len(t.Rows))
}

func (t tableLayout) width() float64 {
	return sum(t.widths) + t.gap*float64(max(len(t.widths)-1, 0))
}

// sameGroup tells whether a row and the next are of the same day, store or method, as
// they are in several currencies: no line comes between them.
func (t tableLayout) sameGroup(row int) bool {
	return len(t.Rows[row]) > 1 && !t.Right[0] && !t.Right[1] && t.Rows[row][0] == t.Rows[row+1][0]
}

// tableFits tells whether a table is read in full at a width.
func tableFits(t content.Table, fonts pdf.Fonts, width float64) bool {
	return sum(naturalWidths(t, fonts, plainText.Size))+tableGap*float64(len(t.Right)-1) <= width
}

// layOutTable fits a table into a width. Where it is too wide, long texts are shortened, then
// the font gets smaller, and at the last all columns give.
func layOutTable(t content.Table, fonts pdf.Fonts, width float64) tableLayout {
	l := tableLayout{Table: t, size: plainText.Size, gap: tableGap}
	room := width - l.gap*float64(max(len(t.Right)-1, 0))
	for {
		l.widths = naturalWidths(t, fonts, l.size)
		for limit := width; sum(l.widths) > room && limit >= tightColumn; limit -= 4 {
			for i := range l.widths {
				if !t.Right[i] {
					l.widths[i] = min(l.widths[i], limit)
				}
			}
		}
		if sum(l.widths) <= room || l.size <= 5 {
			break
		}
		l.size -= 0.5
	}
	if l.distribute(width) {
		return l
	}
	if scale := max(room, 0) / max(sum(l.widths), 1); scale < 1 {
		for i := range l.widths {
			l.widths[i] *= scale
		}
	}
	if n := len(l.widths) - 1; n > 0 {
		l.gap = max((width-sum(l.widths))/float64(n), 0)
	} else if n == 0 {
		l.widths[0] = width
	}
	return l
}

// distribute gives all columns the same room, two parts to the first, if they are read in
// full then: tables of as many columns under each other have their figures in line.
func (t *tableLayout) distribute(width float64) bool {
	n := len(t.widths)
	if n < 2 || t.Right[0] {
		return false
	}
	slot := width / float64(n+1)
	widths := make([]float64, n)
	for i, w := range t.widths {
		widths[i] = slot - t.gap
		if i == 0 {
			widths[i] = 2 * slot
		}
		if w > widths[i] {
			return false
		}
	}
	t.widths = widths
	return true
}

// naturalWidths are the widths at which the columns are read in full.
func naturalWidths(t content.Table, fonts pdf.Fonts, size float64) []float64 {
	widths := make([]float64, len(t.Right))
	for i := range widths {
		widths[i] = fonts.Bold.Points(t.Head[i], min(headerSize, size))
		for k, row := range t.Rows {
			font := fonts.Regular
			if t.Total && k == len(t.Rows)-1 {
				font = fonts.Bold
			}
			widths[i] = max(widths[i], font.Points(row[i], size))
		}
		widths[i] += 0.2
	}
	return widths
}

func sum(values []float64) float64 {
	total := 0.0
	for _, v := range values {
		total += v
	}
	return total
}
