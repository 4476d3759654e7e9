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

func TestWrapBreaksAtWordsAndNeverInsideANumber(t *testing.T) {
	got := wrap("  ", strings.Repeat("a ", 35)+"1\u00a0234,50 kr "+strings.Repeat("b", 80))
	want := strings.TrimSpace(strings.Repeat("a ", 35)) + "\n  1\u00a0234,50 kr\n  " + strings.Repeat("b", 70) + "\n  " + strings.Repeat("b", 10)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestShapeSuitsThePhone(t *testing.T) {
	right := []bool{false, true, true, true}
	head := []string{"Store", "Captured", "Refunded", "Net"}
	row := []string{"Oslo", "1,00", "0,00", "1,00"}
	big := []string{"Oslo", "92,233,720,368,547,758.07", "0.00", "1.00"}
	for want, rows := range map[string][][]string{"list": {row}, "table": {row, row}, "wide": {row, big}} {
		if got := shape(head, right, rows); got != want {
			t.Errorf("%v is laid out as %s, want %s", rows, got, want)
		}
	}
}
