package pdf

import (
	"strings"
	"testing"

	"rapport/internal/text"
)

func TestRightToLeftIsDrawnInItsOrder(t *testing.T) {
	for in, want := range map[string]string{
		"עברית":                "תירבע",
		"Oslo עברית 42 שלום x": "Oslo םולש 42 תירבע x",
		"עברית Oslo שלום":      "םולש Oslo תירבע",
		"(עברית)":              "(תירבע)",
	} {
		if got := visually(in); got != want {
			t.Errorf("%q is drawn as %q, not %q", in, got, want)
		}
	}
	if (&Clusters{}).hasRightToLeft([]byte("Ærlig «fisk» −12 łódź Ж €")) {
		t.Error("a text of left-to-right letters is taken for one of the others")
	}
}

// A long name keeps its beginning, which is at the right in these scripts.
func TestALongHebrewNameKeepsItsBeginning(t *testing.T) {
	f := testFonts(t).Regular
	name := "שלום עולם זה שם ארוך מאוד של חנות"
	short := f.Ellipsize(name, f.Width(name)/2)
	if !strings.HasPrefix(name, strings.TrimSuffix(short, text.Ellipsis)) || !strings.HasPrefix(visually(short), text.Ellipsis) {
		t.Errorf("got %q, drawn as %q", short, visually(short))
	}
}

// visually is a line from left to right.
func visually(line string) string {
	var out []rune
	for _, p := range (&Clusters{}).visualOrder([]rune(line)) {
		out = append(out, p.drawn)
	}
	return string(out)
}
