package content

import "testing"

// TestATableOfWhichEachRowSaysSomethingElseIsNotShortened: nobody can do without one of them.
func TestATableOfWhichEachRowSaysSomethingElseIsNotShortened(t *testing.T) {
	table := Table{Head: []string{"", "NOK"}, Right: []bool{false, true}, Rows: [][]string{{"opening", "1"}, {"paid out", "2"}, {"closing", "3"}}}
	if got := table.Shortened(1); len(got.Rows) != 1 || got.More != 2 {
		t.Errorf("%+v", got)
	}
	table.Whole = true
	if got := table.Shortened(1); len(got.Rows) != 3 || got.More != 0 {
		t.Errorf("%+v", got)
	}
}
