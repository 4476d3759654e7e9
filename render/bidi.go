package render

import (
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/bidi"
)

// visual puts a line with right-to-left letters into the order in which a PDF draws it:
// letters of right-to-left runs reversed, and so the runs of a right-to-left stretch.
func visual(s string) string {
	var p bidi.Paragraph
	if _, err := p.SetString(s); err != nil {
		return s
	}
	order, err := p.Order()
	if err != nil {
		return s
	}
	rightToLeft := startsBackward(s)
	var out, stretch []string
	for i := range order.NumRuns() {
		run := order.Run(i)
		text, backward := run.String(), run.Direction() == bidi.RightToLeft
		if backward {
			text = bidi.ReverseString(text)
		}
		if !rightToLeft && (backward || len(stretch) > 0 && !hasLetter(text)) {
			stretch = append(stretch, text)
			continue
		}
		out = append(append(out, backwards(stretch)...), text)
		stretch = nil
	}
	out = append(out, backwards(stretch)...)
	if rightToLeft {
		slices.Reverse(out)
	}
	return strings.Join(out, "")
}

// hasBackward tells whether text has letters from U+0590 to U+08FF, where the scripts that
// are written from right to left stand.
func hasBackward(text []byte) bool {
	for i, b := range text {
		if b >= 0xd6 && b <= 0xdf || b == 0xe0 && i+1 < len(text) && text[i+1] < 0xa4 {
			return true
		}
	}
	return false
}

func backwards(runs []string) []string {
	slices.Reverse(runs)
	return runs
}

func hasLetter(s string) bool { return strings.ContainsFunc(s, unicode.IsLetter) }

// startsBackward tells whether the first letter of s is written from right to left.
func startsBackward(s string) bool {
	for _, r := range s {
		if p, _ := bidi.LookupRune(r); p.Class() == bidi.R || p.Class() == bidi.AL {
			return true
		} else if p.Class() == bidi.L {
			return false
		}
	}
	return false
}
