package render

import "strings"

// How the rows are set, in points.
const (
	rowSize   = 7.5
	headSize  = 7
	rowHeight = 13
	headLine  = 8.6
	minGap    = 10  // between two columns
	wideText  = 150 // a text column gets no more before all others have their room
	tightText = 26  // a text column is shortened no further than this
	headLines = 2
)

// A tableColumn is a column as it is drawn: from x to x+width.
type tableColumn struct {
	stat     int // index in rows.columns
	title    []string
	right    bool
	x, width float64
	want     float64 // the width at which it is read in full
	rigid    bool    // amounts and times are never shortened
}

// A rowTable is the layout of the rows.
type rowTable struct {
	columns   []tableColumn
	size      float64 // of the font
	lifted    []Fact  // columns that say the same in every row, said once above them
	landscape bool
}

// layoutRows decides which columns are shown and how wide they are: portrait where all
// fit, else landscape and the columns by rank as far as there is room. Columns without
// any value are not shown. Rank 1 always is: a smaller font and shorter texts make room.
func layoutRows(r *rows, f faces, portrait, landscape float64) rowTable {
	var t rowTable
	r.widen(f.bold)
	var candidates []tableColumn
	for i := range r.columns {
		stat := &r.columns[i]
		switch {
		case stat.filled == 0:
		case r.count > 1 && stat.Rank > 1 && stat.same && stat.written && stat.widest <= maxCell/4:
			t.lifted = append(t.lifted, Fact{stat.Title, stat.first})
		default:
			candidates = append(candidates, measure(stat, i, f))
		}
	}
	t.size = rowSize
	if room(candidates) <= portrait {
		t.columns = candidates
		spread(t.columns, r, f, t.size, portrait)
		return t
	}
	t.landscape = true
	t.columns, t.size = choose(candidates, r, landscape)
	spread(t.columns, r, f, t.size, landscape)
	return t
}

// measure is a column with the room that it asks for at the normal size.
func measure(stat *columnStat, index int, f faces) tableColumn {
	c := tableColumn{stat: index, right: stat.Kind >= Money, rigid: !stat.written}
	longest := 0.0
	for _, word := range strings.Fields(stat.Title) {
		longest = max(longest, f.bold.points(word, headSize))
	}
	longest = min(longest, wideText) + 0.1
	c.title = f.bold.wrap(stat.Title, int(max(longest, f.bold.points(stat.Title, headSize)*0.55)*1000/headSize)+1, headLines)
	head := 0.0
	for _, line := range c.title {
		head = max(head, min(f.bold.points(line, headSize), wideText))
	}
	width := points(stat.widest, rowSize)
	if !c.rigid {
		width = min(points(stat.typical(), rowSize), wideText)
	}
	c.want = max(width, head) + 0.2
	c.width = c.want
	return c
}

func points(units int, size float64) float64 { return float64(units) * size / 1000 }

// room is what columns ask for.
func room(columns []tableColumn) float64 {
	sum := minGap * float64(len(columns)-1)
	for _, c := range columns {
		sum += c.want
	}
	return sum
}

// spread gives the room that is left to texts that are still shortened and to titles of
// two lines, and what is left then to the gaps, so that the last column ends at the margin.
func spread(columns []tableColumn, r *rows, f faces, size, width float64) {
	if len(columns) == 0 {
		return
	}
	left := max(width-room(columns), 0)
	for i := range columns {
		c, stat := &columns[i], &r.columns[columns[i].stat]
		if more := points(stat.widest, size) + 0.2 - c.want; more > 0 && !c.rigid {
			more = min(more, left)
			c.want += more
			left -= more
		}
		if whole := f.bold.points(stat.Title, headSize) + 0.2; len(c.title) > 1 && whole-c.want <= left {
			left -= max(whole-c.want, 0)
			c.want = max(c.want, whole)
			c.title = []string{stat.Title}
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
