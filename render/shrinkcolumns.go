package render

import (
	"cmp"
	"slices"
)

// chooseByRank takes columns by rank as long as there is room, and rank 1 in any case.
func chooseByRank(candidates []rowColumn, r *rowBuffer, width float64) ([]rowColumn, float64) {
	rank := func(c rowColumn) int { return r.columns[c.index].Rank }
	byRank := slices.SortedStableFunc(slices.Values(candidates), func(a, b rowColumn) int { return cmp.Compare(rank(a), rank(b)) })
	var taken []rowColumn
	for _, c := range byRank {
		if rank(c) == 1 || room(append(taken, c)) <= width {
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
