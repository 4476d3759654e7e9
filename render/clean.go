package render

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

const (
	substitute = '?'
	ellipsis   = "…"
	// maxMarks is how many combining marks may stand on one letter: enough for any
	// language that the font knows, too few to reach into the line above.
	maxMarks = 2
	// maxRunes is more of a text than any line can show; what is beyond is not looked at.
	maxRunes = 1200
)

// cleaner turns any string into one that the fonts can draw on one line: composed, no
// control characters, every rune with a glyph. It notes whether something had to be
// shown as "?".
type cleaner struct {
	face    *face
	lossy   bool
	scratch []byte
}

// clean is s as it can be drawn. The result of plain text is s itself.
func (c *cleaner) clean(s string) string {
	if plain(s) || c.western(s) {
		return s
	}
	s, cut := firstRunes(s, maxRunes)
	if !norm.NFC.IsNormalString(s) {
		s = norm.NFC.String(strings.ToValidUTF8(s, "\ufffd"))
	}
	c.scratch = c.scratch[:0]
	marks := 0
	for _, r := range s {
		if !unicode.Is(unicode.M, r) {
			marks = 0
		} else if marks++; marks > maxMarks {
			continue
		}
		if r = c.drawable(r); r != 0 {
			c.scratch = utf8.AppendRune(c.scratch, r)
		}
	}
	out := string(c.scratch)
	if cut {
		out += ellipsis
	}
	return out
}

// drawable is r, a space for what separates, 0 for what has no picture of its own, and
// "?" for what the font lacks.
func (c *cleaner) drawable(r rune) rune {
	switch {
	case r == '\t' || r == '\n' || r == '\v' || r == '\f' || r == '\r' || r == 0x85 || r == 0x2028 || r == 0x2029:
		return ' '
	case unicode.Is(unicode.Cf, r) || unicode.Is(unicode.Variation_Selector, r):
		return 0 // bidi controls, joiners, soft hyphens
	case unicode.IsControl(r) || r > 0xffff || c.face.glyphs[r] == 0:
		c.lossy = true
		return substitute
	}
	return r
}

// plain tells whether s is printable ASCII, as nearly all cells are.
func plain(s string) bool {
	if len(s) > maxRunes {
		return false
	}
	for i := range len(s) {
		if s[i] < ' ' || s[i] > '~' {
			return false
		}
	}
	return true
}

// western tells whether s is of letters and signs from U+00A1 to U+02FF and ASCII, which
// stand alone and in the order they are read.
func (c *cleaner) western(s string) bool {
	if len(s) > maxRunes {
		return false
	}
	for _, r := range s {
		if r < ' ' || r > '~' && r < 0xa0 || r == 0xad || r > 0x2ff || c.face.glyphs[r] == 0 {
			return false
		}
	}
	return true
}

// firstRunes is at most n runes of s, and whether there were more.
func firstRunes(s string, n int) (string, bool) {
	if len(s) <= n {
		return s, false
	}
	for i := range s {
		if n--; n < 0 {
			return s[:i], true
		}
	}
	return s, false
}
