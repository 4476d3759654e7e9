package render

import (
	"cmp"
	"slices"
	"strings"

	"rapport/internal/content"
	"rapport/render/internal/pdf"
)

// How the rows are set, in points.
const (
	rowSize     = 7.5
	headerSize  = 7
	rowHeight   = 13
	headerLine  = 8.6
	minGap      = 10  // between two columns
	wideText    = 150 // a text column gets no more before all others have their room
	tightText   = 26  // a text column is shortened no further than this
	headerLines = 2
)

// rowColumn is a column as it is drawn: from x to x+width.
type rowColumn struct {
	index    int // in rowBuffer.columns
	title    []string
	right    bool
	x, width float64
	want     float64 // the room that it asks for
	whole    bool    // amounts and times are never shortened
}

// rowLayout is the layout of the rows.
type rowLayout struct {
	columns   []rowColumn
	size      float64        // of the font
	shared    []content.Fact // columns that say the same in every row, said once above them
	missing   []string       // titles of columns that have no room
	landscape bool
}

// layoutRows decides which columns are shown and how wide they are: portrait where those that
// a reader needs fit, else landscape; then the columns by rank as far as there is room.
// Columns without any value are not shown. Rank 1 always is: a smaller font and shorter texts
// make room.
func layoutRows(r *rowBuffer, f pdf.Fonts, portrait, landscape float64) rowLayout {
	var l rowLayout
	r.widen(f.Bold)
	var candidates []rowColumn
	for i := range r.columns {
		c := &r.columns[i]
		switch {
		case c.filled == 0:
		case r.count > 1 && c.Rank > 1 && c.same && c.textual && c.widest <= maxCell/4:
			l.shared = append(l.shared, content.Fact{Label: c.Title, Value: c.first})
		default:
			candidates = append(candidates, measure(c, i, f))
		}
	}
	l.size = rowSize
	width := portrait
	if neededRoom(candidates, r) > portrait {
		l.landscape, width = true, landscape
	}
	always := neededRank
	if l.landscape {
		always = 1
	}
	l.columns, l.size = chooseByRank(candidates, r, always, width)
	for _, c := range candidates {
		if !slices.ContainsFunc(l.columns, func(shown rowColumn) bool { return shown.index == c.index }) {
			l.missing = append(l.missing, r.columns[c.index].Title)
		}
	}
	distribute(l.columns, r, f, l.size, width)
	return l
}

// neededRank is the last rank of the columns without which rows are not understood: a page is
// turned for them alone.
const neededRank = 3

// neededRoom is what the columns that a reader needs ask for, with texts as short as they may be.
func neededRoom(candidates []rowColumn, r *rowBuffer) float64 {
	var needed []rowColumn
	for _, c := range candidates {
		if r.columns[c.index].Rank > neededRank {
			continue
		}
		if !c.whole {
			c.want = min(c.want, neededText)
		}
		needed = append(needed, c)
	}
	return room(needed)
}

// neededText is how much of a text a reader needs, in points.
const neededText = 84.0

// measure is a column with the room that it asks for at the normal size.
func measure(stats *columnStats, index int, f pdf.Fonts) rowColumn {
	c := rowColumn{index: index, right: stats.Kind >= content.Money, whole: !stats.textual}
	longest := 0.0
	for _, word := range strings.Fields(stats.Title) {
		longest = max(longest, f.Bold.Points(word, headerSize))
	}
	longest = min(longest, wideText) + 0.1
	c.title = f.Bold.Wrap(stats.Title, int(max(longest, f.Bold.Points(stats.Title, headerSize)*0.55)*1000/headerSize)+1, headerLines)
	head := 0.0
	for _, line := range c.title {
		head = max(head, min(f.Bold.Points(line, headerSize), wideText))
	}
	width := points(stats.widest, rowSize)
	if !c.whole {
		width = min(points(stats.typical(), rowSize), wideText)
	}
	c.want = max(width, head) + 0.2
	c.width = c.want
	return c
}

// points is a width in thousandths of a font size in points.
func points(units int, size float64) float64 { return float64(units) * size / 1000 }

// room is what columns ask for.
func room(columns []rowColumn) float64 {
	sum := minGap * float64(len(columns)-1)
	for _, c := range columns {
		sum += c.want
	}
	return sum
}

// distribute gives the room that is left to texts that are still shortened and to titles of
// two lines, and what is left then to the gaps, so that the last column ends at the margin.
func distribute(columns []rowColumn, r *rowBuffer, f pdf.Fonts, size, width float64) {
	if len(columns) == 0 {
		return
	}
	left := max(width-room(columns), 0)
	for i := range columns {
		c, stats := &columns[i], &r.columns[columns[i].index]
		if more := points(stats.widest, size) + 0.2 - c.want; more > 0 && !c.whole {
			more = min(more, left)
			c.want += more
			left -= more
		}
		if title := f.Bold.Points(stats.Title, headerSize) + 0.2; len(c.title) > 1 && title-c.want <= left {
			left -= max(title-c.want, 0)
			c.want = max(c.want, title)
			c.title = []string{stats.Title}
		}
	}
	gap := float64(minGap)
	if n := len(columns) - 1; n > 0 {
		gap += left / float64(n)
	}
	x := 0.0
	for i := range columns {
		columns[i].x, columns[i].width = x, columns[i].want
		x += columns[i].want + gap
	}
}

// chooseByRank takes columns by rank as long as there is room, and those up to always in any case.
func chooseByRank(candidates []rowColumn, r *rowBuffer, always int, width float64) ([]rowColumn, float64) {
	rank := func(c rowColumn) int { return r.columns[c.index].Rank }
	byRank := slices.SortedStableFunc(slices.Values(candidates), func(a, b rowColumn) int { return cmp.Compare(rank(a), rank(b)) })
	var taken []rowColumn
	for _, c := range byRank {
		if rank(c) <= always || room(append(taken, c)) <= width {
			taken = append(taken, c)
		}
	}
	size := shrinkColumns(&taken, r, width)
	slices.SortFunc(taken, func(a, b rowColumn) int { return cmp.Compare(a.index, b.index) })
	return taken, size
}

// shrinkColumns makes columns fit that ask for too much: first the widest texts are
// shortened, then the font gets smaller, and only then columns are left out, texts
// before figures. It returns the size of the font.
func shrinkColumns(columns *[]rowColumn, r *rowBuffer, width float64) float64 {
	for size := rowSize; ; {
		if shortenTexts(*columns, width) {
			return size
		}
		if size > 5 {
			size -= 0.5
			for i := range *columns {
				if c := &(*columns)[i]; c.whole {
					c.want = max(points(r.columns[c.index].widest, size), tightText) + 0.2
				}
			}
			continue
		}
		*columns = dropOne(*columns)
	}
}

// shortenTexts takes what is missing from the widest text columns, and tells whether that was enough.
func shortenTexts(columns []rowColumn, width float64) bool {
	limit := float64(wideText)
	for ; room(columns) > width && limit >= tightText; limit -= 2 {
		for i := range columns {
			if c := &columns[i]; !c.whole {
				c.want = min(c.want, limit)
			}
		}
	}
	return room(columns) <= width
}

func dropOne(columns []rowColumn) []rowColumn {
	for i := len(columns) - 1; i > 0; i-- {
		if !columns[i].whole {
			return slices.Delete(columns, i, i+1)
		}
	}
	return columns[:len(columns)-1]
}
