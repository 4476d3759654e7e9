package content

import (
	"cmp"
	"slices"
)

// Table is a table of totals.
type Table struct {
	Title string
	Head  []string
	Right []bool // which columns are figures, flush right
	Rows  [][]string
	Total bool // the last row is the sum of those above it
	Whole bool `json:",omitempty"` // each row says something else, so that none may be left out
	Paper bool `json:",omitempty"` // for documents: a mail that carries one leaves it out
	Lead  int  `json:",omitempty"` // the column beside the first where there is room for one; 0: the last
	More  int  `json:",omitempty"` // how many rows were left out, which a mail says

	// Rank is the place of each row but the total by its size, 0 the largest; Rest[n] are the
	// rows that say what the others come to where the n largest are shown. Without them a table
	// is cut at its end, and nobody knows what that comes to.
	Rank []int        `json:",omitempty"`
	Rest [][][]string `json:",omitempty"`
	Left int          `json:",omitempty"` // how many rows before the total are of Rest
}

// Split is the rows without the total, and the total.
func (t Table) Split() (body, total [][]string) {
	if n := len(t.Rows); t.Total && n > 0 {
		return t.Rows[:n-1], t.Rows[n-1:]
	}
	return t.Rows, nil
}

// Shortened is a table of at most so many rows besides its total and, if it knows its rows'
// sizes, what stands for those that it lacks: then it has the largest, in their order. Else
// More says how many it lacks. The total stays that of all.
func (t Table) Shortened(rows int) Table {
	body, total := t.Split()
	body = body[:len(body)-t.Left]
	if len(body) <= rows || t.Whole {
		return t
	}
	if len(t.Rank) != len(body) || rows <= 0 || rows >= len(t.Rest) {
		t.More += len(body) - rows
		t.Rows, t.Rank, t.Rest, t.Left = slices.Concat(body[:rows], total), nil, nil, 0
		return t
	}
	var largest [][]string
	var ranks []int
	for i, row := range body {
		if t.Rank[i] < rows {
			largest, ranks = append(largest, row), append(ranks, t.Rank[i])
		}
	}
	rest := t.Rest[rows]
	t.Rows, t.Rank, t.Rest, t.Left = slices.Concat(largest, rest, total), ranks, t.Rest[:rows], len(rest)
	return t
}

// WithMoreRow has a row that says how many were left out, before the total.
func (t Table) WithMoreRow(said func(n int) string) Table {
	if t.More <= 0 || len(t.Head) == 0 {
		return t
	}
	more := make([]string, len(t.Head))
	more[0] = said(t.More)
	body, total := t.Split()
	t.Rows = slices.Concat(body, [][]string{more}, total)
	return t
}

// MaxShown is how many rows a table with [Table.RankRows] has at most where it is cut.
const MaxShown = 40

// RankRows sets Rank and Rest of a table whose rows have these sizes. It calls add with the places
// of rows, the smallest first; rest are then the rows that say what all of these come to.
func (t *Table) RankRows(sizes []float64, add func(row int) error, rest func() ([][]string, error)) error {
	if len(sizes) < 2 {
		return nil
	}
	order := make([]int, len(sizes)) // the largest first
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(sizes[b], sizes[a]) })
	t.Rank, t.Rest = make([]int, len(sizes)), make([][][]string, min(len(sizes), MaxShown+1))
	for place, row := range order {
		t.Rank[row] = place
	}
	for place := len(order) - 1; place > 0; place-- {
		if err := add(order[place]); err != nil {
			return err
		}
		if place < len(t.Rest) {
			rows, err := rest()
			if err != nil {
				return err
			}
			t.Rest[place] = rows
		}
	}
	return nil
}
