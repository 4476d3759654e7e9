package content

import "slices"

// Table is a table of totals.
type Table struct {
	Title string
	Head  []string
	Right []bool // which columns are figures, flush right
	Rows  [][]string
	Total bool // the last row is the sum of those above it
	More  int  `json:",omitempty"` // how many rows were left out, which a mail says
}

// Split is the rows without the total, and the total.
func (t Table) Split() (body, total [][]string) {
	if n := len(t.Rows); t.Total && n > 0 {
		return t.Rows[:n-1], t.Rows[n-1:]
	}
	return t.Rows, nil
}

// Shortened is a table of at most so many rows besides its total. More says how many it
// lacks; the total stays that of all.
func (t Table) Shortened(rows int) Table {
	body, total := t.Split()
	if len(body) > rows {
		t.More += len(body) - rows
		t.Rows = slices.Concat(body[:rows], total)
	}
	return t
}
