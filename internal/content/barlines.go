package content

import (
	"math"
	"strings"
	"unicode/utf8"
)

// BarList is a chart as lines of text have it: one for each bar.
type BarList struct {
	Title string
	Bars  []BarLine
}

// BarLine is a bar of a BarList.
type BarLine struct {
	Label, Amount string
	Line          string // both, in columns
	Width         int    // in percent of the longest bar
	Down          bool   // below zero
	Short         bool   // label and amount leave room for the bar on any screen
}

// shortBar is how many characters label and amount have at most, for a bar beside them on a phone.
const shortBar = 24

// BarLists are the charts of at most so many bars, without the empty ones at either end.
func BarLists(charts []Chart, most int) (lists []BarList) {
	for _, c := range charts {
		bars := c.Bars
		for len(bars) > 0 && bars[0].Minor == 0 {
			bars = bars[1:]
		}
		for len(bars) > 0 && bars[len(bars)-1].Minor == 0 {
			bars = bars[:len(bars)-1]
		}
		if len(bars) > 0 && len(bars) <= most {
			lists = append(lists, BarList{c.Title, barLines(bars)})
		}
	}
	return lists
}

func barLines(bars []Bar) []BarLine {
	longest, labels, amounts := 0.0, 0, 0
	for _, b := range bars {
		longest = max(longest, math.Abs(float64(b.Minor)))
		labels, amounts = max(labels, utf8.RuneCountInString(b.Label)), max(amounts, utf8.RuneCountInString(b.Amount))
	}
	pad := func(s string, to int) string { return strings.Repeat(" ", to-utf8.RuneCountInString(s)) }
	lines := make([]BarLine, len(bars))
	for i, b := range bars {
		lines[i] = BarLine{
			Label: b.Label, Amount: b.Amount, Line: b.Label + pad(b.Label, labels) + "  " + pad(b.Amount, amounts) + b.Amount,
			Down: b.Minor < 0, Short: labels+amounts <= shortBar,
		}
		if b.Minor != 0 {
			lines[i].Width = max(int(math.Abs(float64(b.Minor))/longest*100), 1)
		}
	}
	return lines
}
