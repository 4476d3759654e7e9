package mail

import (
	"math"
	"strings"
	"unicode/utf8"

	"rapport/internal/content"
)

// chartView is a chart as the templates take it: a line for each bar.
type chartView struct {
	Title string
	Bars  []barView
}

// barView is a bar: Width in percent of the longest, and Line for the text, in columns.
type barView struct {
	Label, Amount, Line string
	Width               int
	Down                bool // below zero
	Short               bool // label and amount leave room for the bar on any screen
}

// shortBar is how many characters label and amount have at most, for a bar beside them on a phone.
const shortBar = 24

// maxChartBars is how many bars a chart in a mail has at most: the hours of the longest day.
const maxChartBars = 25

// chartViews are the charts without the empty bars at either end, and without those that no
// phone has room for.
func chartViews(charts []content.Chart) (views []chartView) {
	for _, c := range charts {
		bars := c.Bars
		for len(bars) > 0 && bars[0].Minor == 0 {
			bars = bars[1:]
		}
		for len(bars) > 0 && bars[len(bars)-1].Minor == 0 {
			bars = bars[:len(bars)-1]
		}
		if len(bars) == 0 || len(bars) > maxChartBars {
			continue
		}
		views = append(views, chartView{c.Title, barViews(bars)})
	}
	return views
}

func barViews(bars []content.Bar) []barView {
	longest, labels, amounts := 0.0, 0, 0
	for _, b := range bars {
		longest = max(longest, math.Abs(float64(b.Minor)))
		labels, amounts = max(labels, utf8.RuneCountInString(b.Label)), max(amounts, utf8.RuneCountInString(b.Amount))
	}
	pad := func(s string, to int) string { return strings.Repeat(" ", to-utf8.RuneCountInString(s)) }
	views := make([]barView, len(bars))
	for i, b := range bars {
		views[i] = barView{Label: b.Label, Amount: b.Amount, Down: b.Minor < 0, Short: labels+amounts <= shortBar, Line: b.Label + pad(b.Label, labels) + "  " + pad(b.Amount, amounts) + b.Amount}
		if b.Minor != 0 {
			views[i].Width = max(int(math.Abs(float64(b.Minor))/longest*100), 1)
		}
	}
	return views
}
