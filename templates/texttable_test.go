package templates

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestTableAlignsByTheWidthOfRunes(t *testing.T) {
	got := textTable([]string{"Måte", "Innløst"}, []bool{false, true},
		[][]string{{"åé", "1\u00a0234,50"}, {"日本", "−2,00"}, {"Sum", "1\u00a0232,50"}}, true)
	want := strings.Join([]string{
		"Måte   Innløst",
		"--------------",
		"åé    1\u00a0234,50",
		"日本     −2,00",
		"--------------",
		"Sum   1\u00a0232,50",
	}, "\n")
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestTableThatIsTooWideBecomesLines(t *testing.T) {
	long := strings.Repeat("x", 100)
	got := textTable([]string{"Store", "Net"}, []bool{false, true}, [][]string{{long, "1.00"}, {"b", "2.00"}}, false)
	want := "Store:\n  " + long[:70] + "\n  " + long[70:] + "\n  Net: 1.00\n\nStore: b\n  Net: 2.00"
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}
