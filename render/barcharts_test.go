package render

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"rapport/internal/content"
)

// drawChart is what is drawn of one chart.
func drawChart(t *testing.T, bars ...content.Bar) (boxes, hatched, labels []drawnItem, amounts []string) {
	t.Helper()
	var marks []drawnItem
	d := Document{Printer: printer(t, "no"), Charts: []content.Chart{{Title: "Dager", Bars: bars}}}
	validate(t, render(t, sample{document: d}, func(m drawnItem) { marks = append(marks, m) }))
	checkGeometry(t, marks)
	for _, m := range marks {
		switch {
		case m.shape == "box":
			boxes = append(boxes, m)
		case m.shape == "hatched":
			hatched = append(hatched, m)
		case m.size == tinyText.Size && m.y < m.pageHeight-footerRoom:
			labels = append(labels, m)
		case m.size == valueText.Size:
			amounts = append(amounts, m.text)
		}
	}
	return boxes, hatched, labels, amounts
}

func bars(minor ...int64) []content.Bar {
	var out []content.Bar
	for i, v := range minor {
		out = append(out, content.Bar{Label: fmt.Sprint(i+1, "."), Amount: fmt.Sprint(v), Minor: v})
	}
	return out
}

func TestBarsAreAsHighAsTheirAmounts(t *testing.T) {
	boxes, hatched, labels, amounts := drawChart(t, bars(100, 200, -50, 0, 400)...)
	if len(boxes) != 3 || len(hatched) != 1 || len(labels) != 5 || len(amounts) != 1 || amounts[0] != "400" {
		t.Fatalf("%d bars up, %d down, %d labels, the largest is %q", len(boxes), len(hatched), len(labels), amounts)
	}
	zero := boxes[0].y + boxes[0].size
	for _, b := range boxes {
		if math.Abs(b.y+b.size-zero) > 0.01 {
			t.Errorf("a bar stands at %.2f, another at %.2f", b.y+b.size, zero)
		}
	}
	if h := hatched[0]; math.Abs(h.y-zero) > 0.01 || math.Abs(h.size*2-boxes[0].size) > 0.01 || math.Abs(boxes[1].size*2-boxes[2].size) > 0.01 {
		t.Errorf("bars are not as high as their amounts: %v %v", boxes, h)
	}
}

func TestChartsOfOddAmounts(t *testing.T) {
	for name, c := range map[string]struct {
		bars     []content.Bar
		up, down int
		largest  string
	}{
		"one":      {bars(5), 1, 0, "5"},
		"one down": {bars(-5), 0, 1, "-5"},
		"nothing":  {bars(0, 0, 0), 0, 0, "0"},
		"extremes": {bars(math.MinInt64, math.MaxInt64, 1), 2, 1, fmt.Sprint(math.MinInt64)},
		"a little": {bars(1, 1_000_000_000, -1), 2, 1, "1000000000"},
	} {
		up, down, _, amounts := drawChart(t, c.bars...)
		if len(up) != c.up || len(down) != c.down || len(amounts) != 1 || amounts[0] != c.largest {
			t.Errorf("%s: %d bars up, %d down, the largest is %q", name, len(up), len(down), amounts)
		}
		for _, b := range append(up, down...) {
			if b.width > widestBar || b.size < 0.5 || math.IsNaN(b.y) {
				t.Errorf("%s: a bar of %.1f × %.1f", name, b.width, b.size)
			}
		}
	}
	if up, _, _, _ := drawChart(t, make([]content.Bar, maxBars+1)...); len(up) > 0 {
		t.Error("a chart of very many bars is drawn")
	}
}

func TestLabelsAreThinnedOutEvenly(t *testing.T) {
	for _, n := range []int{1, 2, 3, 4, 5, 7, 12, 23, 24, 25, 28, 30, 31, 53, 100, 400} {
		for _, width := range []int{1, 5, 12, 400} {
			var all []content.Bar
			for i := range n {
				all = append(all, content.Bar{Label: strings.Repeat("8", width), Amount: "1", Minor: int64(i)})
			}
			labels := labelsOf(t, all)
			if len(labels) == 0 {
				t.Errorf("%d bars have no label of %d digits", n, width)
			}
			for i := 1; i < len(labels); i++ {
				if labels[i].x < labels[i-1].x+labels[i-1].width+3.9 {
					t.Errorf("%d bars: labels of %d digits run together", n, width)
				}
			}
		}
	}
}

// labelsOf are the labels that are drawn below bars.
func labelsOf(t *testing.T, bars []content.Bar) (labels []drawnItem) {
	d := Document{Printer: printer(t, "no"), Charts: []content.Chart{{Title: "", Bars: bars}}}
	render(t, sample{document: d}, func(m drawnItem) {
		if m.shape == "" && m.size == tinyText.Size && m.y < m.pageHeight-footerRoom {
			labels = append(labels, m)
		}
	})
	return labels
}

// A refund of the whole morning is as long as the largest bar, which keeps its room above.
func TestTheLargestValueDoesNotStandInTheTitle(t *testing.T) {
	for _, values := range [][]int64{{200, -200}, {-200, 200}, {300, -200}, {200, -300}} {
		var title, value drawnItem
		d := Document{Printer: printer(t, "no"), Charts: []content.Chart{{Title: "Dager", Bars: bars(values...)}}}
		render(t, sample{document: d}, func(m drawnItem) {
			if m.text == "Dager" {
				title = m
			} else if m.size == valueText.Size && m.shape == "" {
				value = m
			}
		})
		if value.text == "" || value.y-value.size < title.y {
			t.Errorf("%v: the title at %.1f, the value at %.1f", values, title.y, value.y)
		}
	}
}
