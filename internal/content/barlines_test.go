package content

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestBarsAreLinesOfAColumn(t *testing.T) {
	chart := Chart{Title: "Net by hour", Bars: []Bar{{"06", "0", 0}, {"07", "1.00", 100}, {"08", "0", 0}, {"09", "-20.00", -2000}, {"10", "0", 0}}}
	got := BarLists([]Chart{chart, {Title: "nothing", Bars: chart.Bars[:1]}}, 3)
	want := []BarList{{"Net by hour", []BarLine{
		{"07", "1.00", "07    1.00", 5, false, true}, {"08", "0", "08       0", 0, false, true}, {"09", "-20.00", "09  -20.00", 100, true, true},
	}}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if got := BarLists([]Chart{chart}, 2); got != nil {
		t.Errorf("no screen has room for %v", got)
	}
}
