package pdf

import (
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/bidi"
)

// VisualOrder is a line in the order in which a page draws it, from left to right. A line
// without right-to-left letters is returned as it is. Lines are shortened and broken
// before, in the order in which they are read.
func VisualOrder(line []byte) []byte {
	if !hasRightToLeft(line) {
		return line
	}
	return []byte(visualOrder(string(line)))
}

// visualOrder reverses the letters of right-to-left runs, and the order of the runs of a
// right-to-left stretch.
func visualOrder(s string) string {
	var p bidi.Paragraph
	if _, err := p.SetString(s); err != nil {
		return s
	}
	order, err := p.Order()
	if err != nil {
		return s
	}
	rightToLeft := startsRightToLeft(s)
	var out, stretch []string
	for i := range order.NumRuns() {
		run := order.Run(i)
		text, reversed := run.String(), run.Direction() == bidi.RightToLeft
		if reversed {
			text = bidi.ReverseString(text)
		}
		if !rightToLeft && (reversed || len(stretch) > 0 && !hasLetter(text)) {
			stretch = append(stretch, text)
			continue
		}
		out = append(append(out, reverse(stretch)...), text)
		stretch = nil
	}
	out = append(out, reverse(stretch)...)
	if rightToLeft {
		slices.Reverse(out)
	}
	return strings.Join(out, "")
}

// hasRightToLeft tells whether text has letters from U+0590 to U+08FF, where the scripts
// that are written from right to left stand.
func hasRightToLeft(text []byte) bool {
	for i, b := range text {
		if b >= 0xd6 && b <= 0xdf || b == 0xe0 && i+1 < len(text) && text[i+1] < 0xa4 {
			return true
		}
	}
	return false
}

func reverse(runs []string) []string {
	slices.Reverse(runs)
	return runs
}

func hasLetter(s string) bool { return strings.ContainsFunc(s, unicode.IsLetter) }

// startsRightToLeft tells whether the first letter of s is written from right to left.
func startsRightToLeft(s string) bool {
	for _, r := range s {
		if p, _ := bidi.LookupRune(r); p.Class() == bidi.R || p.Class() == bidi.AL {
			return true
		} else if p.Class() == bidi.L {
			return false
		}
	}
	return false
}
