package render

import (
	"strings"
	"unicode/utf8"
)

// fit is clean text shortened with "…" to at most width thousandths of the font size.
// Nothing is left of it where not even the "…" fits.
func (f *face) fit(s string, width int) string {
	if f.width(s) <= width {
		return s
	}
	width -= f.width(ellipsis)
	if width < 0 {
		return ""
	}
	for i, r := range s {
		if width -= int(f.widths[uint16(r)]); width < 0 {
			return strings.TrimRight(s[:i], " ") + ellipsis
		}
	}
	return s
}

// wrap breaks clean text into lines of at most width thousandths, at spaces where it
// can, at most lines of them; what is left over is shortened.
func (f *face) wrap(s string, width, lines int) []string {
	var out []string
	for s = strings.TrimSpace(s); s != ""; {
		if len(out) == lines-1 {
			return append(out, f.fit(s, width))
		}
		n := f.breakAt(s, width)
		out = append(out, strings.TrimRight(s[:n], " "))
		s = strings.TrimLeft(s[n:], " ")
	}
	return out
}

// breakAt is where the first line of s ends: after at least one rune.
func (f *face) breakAt(s string, width int) int {
	space := 0
	for i, r := range s {
		if width -= int(f.widths[uint16(r)]); width < 0 && r != ' ' {
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
