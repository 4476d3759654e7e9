package render

import (
	"math"
	"testing"

	"rapport/internal/content"
	"rapport/render/internal/pdf"
)

// luminance is that of WCAG 2: 0 is black, 1 is white.
func luminance(c pdf.Color) float64 {
	linear := func(v uint8) float64 {
		x := float64(v) / 255
		if x <= 0.04045 {
			return x / 12.92
		}
		return math.Pow((x+0.055)/1.055, 2.4)
	}
	return 0.2126*linear(c.R) + 0.7152*linear(c.G) + 0.0722*linear(c.B)
}

func contrast(a, b pdf.Color) float64 {
	x, y := luminance(a), luminance(b)
	return (max(x, y) + 0.05) / (min(x, y) + 0.05)
}

func TestColoursAreReadOnPaperAndOnTheTint(t *testing.T) {
	for name, c := range map[string]pdf.Color{"ink": ink, "muted": muted, "accent": accent, "agreed": agreed, "warning": warning} {
		for ground, on := range map[string]pdf.Color{"white": white, "the tint": tint} {
			if got := contrast(c, on); got < 4.5 {
				t.Errorf("%s on %s has a contrast of %.2f", name, ground, got)
			}
		}
	}
	if got := contrast(barColor, white); got < 4.5 {
		t.Errorf("bars have a contrast of %.2f", got)
	}
}

// TestColoursDifferInBlackAndWhite: what lies beside each other is told apart in print
// without colour; signs differ in shape besides.
func TestColoursDifferInBlackAndWhite(t *testing.T) {
	for name, pair := range map[string][2]pdf.Color{"largest bar and the others": {accent, barColor}, "text and label": {ink, muted}} {
		if got := contrast(pair[0], pair[1]); got < 1.8 {
			t.Errorf("%s have a contrast of %.2f only", name, got)
		}
	}
	if got := contrast(tint, white); got < 1.05 {
		t.Errorf("the tint is not seen: %.2f", got)
	}
	if got := contrast(faint, white); got < 1.3 {
		t.Errorf("hairlines are not seen: %.2f", got)
	}
}

func TestStatesOfACheckDifferInShape(t *testing.T) {
	shapes := map[string]content.CheckState{}
	for i, state := range checkStates {
		d := Document{Printer: printer(t, "no"), Check: content.Check{State: state, Text: "Avstemt", Details: []string{"detalj"}}}
		shape, said := "", 0
		render(t, sample{document: d}, func(m drawnItem) {
			if m.shape != "" {
				shape = m.shape
			}
			if m.text == "Avstemt" || m.text == "detalj" {
				said++
			}
		})
		if other, twice := shapes[shape]; twice {
			t.Errorf("states %q and %q both have the shape %q", state, other, shape)
		}
		if want := 2 * min(i, 1); said != want {
			t.Errorf("state %q says %d lines, not %d", state, said, want)
		}
		shapes[shape] = state
	}
}
