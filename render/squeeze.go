package render

import (
	"cmp"
	"slices"
)

// choose takes columns by rank as long as there is room, and rank 1 in any case.
func choose(candidates []tableColumn, r *rows, width float64) ([]tableColumn, float64) {
	rank := func(c tableColumn) int { return r.columns[c.stat].Rank }
	byRank := slices.SortedStableFunc(slices.Values(candidates), func(a, b tableColumn) int { return cmp.Compare(rank(a), rank(b)) })
	var taken []tableColumn
	for _, c := range byRank {
		if rank(c) == 1 || room(append(taken, c)) <= width {
			taken = append(taken, c)
		}
	}
	size := squeeze(&taken, r, width)
	slices.SortFunc(taken, func(a, b tableColumn) int { return cmp.Compare(a.stat, b.stat) })
	return taken, size
}

// squeeze makes columns fit that ask for too much: first the widest texts are
// shortened, then the font gets smaller, and only then columns are left out, texts
// before figures. It returns the size of the font.
func squeeze(columns *[]tableColumn, r *rows, width float64) float64 {
	for size := rowSize; ; {
		if shorten(*columns, width) {
			return size
		}
		if size > 5 {
			size -= 0.5
			for i := range *columns {
				if c := &(*columns)[i]; c.rigid {
					c.want = max(points(r.columns[c.stat].widest, size), tightText) + 0.2
				}
			}
			continue
		}
		*columns = dropOne(*columns)
	}
}

// shorten takes what is missing from the widest text columns, and tells whether that was enough.
func shorten(columns []tableColumn, width float64) bool {
	limit := float64(wideText)
	for ; room(columns) > width && limit >= tightText; limit -= 2 {
		for i := range columns {
			if c := &columns[i]; !c.rigid {
				c.want = min(c.want, limit)
			}
		}
	}
	return room(columns) <= width
}

func dropOne(columns []tableColumn) []tableColumn {
	for i := len(columns) - 1; i > 0; i-- {
		if !columns[i].rigid {
			return slices.Delete(columns, i, i+1)
		}
	}
	return columns[:len(columns)-1]
}
