package content

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestMapChangesEveryTextOfACopy(t *testing.T) {
	table := Table{Title: "t", Head: []string{"h"}, Right: []bool{true}, Rows: [][]string{{"a", "b"}, nil}, Total: true, Whole: true, Paper: true, Lead: 1, More: 2, Rank: []int{0}, Rest: [][][]string{nil, {{"og 1 til", "b"}}}, Left: 1}
	headline := Headline{"l", "a", "c", []Part{{"pl", "pa", "pc"}}}
	chart := Chart{"t", []Bar{{"l", "a", -7}}, true}
	check := Check{Differs, "t", []string{"d"}}
	for _, c := range []struct{ got, want any }{
		{Fact{"l", "v"}.Map(strings.ToUpper), Fact{"L", "V"}},
		{headline.Map(strings.ToUpper), Headline{"L", "A", "C", []Part{{"PL", "PA", "PC"}}}},
		{chart.Map(strings.ToUpper), Chart{"T", []Bar{{"L", "A", -7}}, true}},
		{check.Map(strings.ToUpper), Check{Differs, "T", []string{"D"}}},
		{table.Map(strings.ToUpper), Table{"T", []string{"H", ""}, []bool{true, false}, [][]string{{"A", "B"}, {"", ""}}, true, true, true, 1, 2, []int{0}, [][][]string{{}, {{"OG 1 TIL", "B"}}}, 1}},
		{Table{}.Map(strings.ToUpper), Table{Head: []string{}, Right: []bool{}, Rows: [][]string{}}},
	} {
		if diff := cmp.Diff(c.want, c.got); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	}
	if headline.Parts[0].Label != "pl" || table.Rows[0][0] != "a" || chart.Bars[0].Label != "l" || check.Details[0] != "d" {
		t.Error("the original is changed")
	}
}

func TestCellsBeyondARowAreEmptyWhateverTheChange(t *testing.T) {
	got := Table{Head: []string{"h"}, Rows: [][]string{{"a", "b"}}}.Map(func(string) string { return "x" })
	if diff := cmp.Diff([]string{"x", ""}, got.Head); diff != "" {
		t.Error(diff)
	}
}
