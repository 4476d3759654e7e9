package pdf

import (
	"strings"
	"unicode/utf8"

	"rapport/internal/text"
)

// Ellipsize shortens s with "…" to at most width thousandths of the font size. Nothing is
// left of it where not even the "…" fits.
func (f *Font) Ellipsize(s string, width int) string {
	if f.Width(s) <= width {
		return s
	}
	width -= f.Width(text.Ellipsis)
	if width < 0 {
		return ""
	}
	for i, r := range s {
		if width -= f.width(r); width < 0 {
			return strings.TrimRight(s[:i], " ") + text.Ellipsis
		}
	}
	return s
}

// Wrap breaks s into lines of at most width thousandths, at spaces where it can. The last
// of at most lines lines is ellipsized.
func (f *Font) Wrap(s string, width, lines int) []string {
	var out []string
	for s = strings.TrimSpace(s); s != ""; {
		if len(out) == lines-1 {
			return append(out, f.Ellipsize(s, width))
		}
		n := f.lineEnd(s, width)
		out = append(out, strings.TrimRight(s[:n], " "))
		s = strings.TrimLeft(s[n:], " ")
	}
	return out
}

// lineEnd is where the first line of s ends: after at least one rune.
func (f *Font) lineEnd(s string, width int) int {
	space := 0
	for i, r := range s {
		if width -= f.width(r); width < 0 && r != ' ' {
			if space > 0 {
				return space
			}
			return max(i, utf8.RuneLen(r))
		}
		if r == ' ' {
			space = i + 1
		}
	}
	return len(s)
}
