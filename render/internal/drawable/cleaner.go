// Package drawable turns any text into one that the fonts of a document draw on one line. It
// refuses nothing: what no font has is shown as "?", and remembered.
package drawable

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"rapport/internal/text"
	"rapport/render/internal/pdf"
)

const (
	substitute = '?' // for what the font lacks
	// maxMarks is how many combining marks may stand on one letter: enough for any
	// language that the font knows, too few to reach into the line above.
	maxMarks = 2
	// maxRunes is more of a text than any line can show; what is beyond is not looked at.
	maxRunes = 1200
)

// Cleaner turns any string into one that the fonts can draw on one line: composed, no
// control characters, every rune with a glyph or standing for a cluster of another font. It
// notes whether something had to be shown as "?".
type Cleaner struct {
	Font    *pdf.Font
	Lossy   bool
	scratch []byte
	shaped  map[string]string // texts of other scripts: shops and products come again and again
}

// maxShaped is how many texts are kept.
const maxShaped = 4096

// Clean is s as it can be drawn. The result of plain text is s itself.
func (c *Cleaner) Clean(s string) string {
	if isPlain(s) || c.isWestern(s) {
		return s
	}
	s = text.Truncate(s, maxRunes)
	if !norm.NFC.IsNormalString(s) {
		s = norm.NFC.String(strings.ToValidUTF8(s, "\ufffd"))
	}
	if shaped, ok := c.shaped[s]; ok {
		return shaped
	}
	c.scratch = c.scratch[:0]
	others := c.compose([]rune(s))
	out := string(c.scratch)
	if others && len(c.shaped) < maxShaped {
		if c.shaped == nil {
			c.shaped = map[string]string{}
		}
		c.shaped[s] = out
	}
	return out
}

// compose writes text to scratch, and tells whether other fonts draw something of it.
func (c *Cleaner) compose(text []rune) (others bool) {
	marks := 0
	for i := 0; i < len(text); i++ {
		r := text[i]
		if clusters, n := c.Font.Clusters(text[i:]); n > 0 {
			for _, cluster := range clusters {
				c.scratch = utf8.AppendRune(c.scratch, cluster)
			}
			i += n - 1
			marks, others = 0, true
			continue
		}
		if !unicode.Is(unicode.M, r) {
			marks = 0
		} else if marks++; marks > maxMarks {
			continue
		}
		if !c.Font.Has(r) { // a letter of a formula is a letter
			if plain := norm.NFKC.String(string(r)); plain != string(r) && c.hasAll(plain) {
				c.scratch = append(c.scratch, plain...)
				continue
			}
		}
		if r = c.drawable(r); r != 0 {
			c.scratch = utf8.AppendRune(c.scratch, r)
		}
	}
	return others
}

func (c *Cleaner) hasAll(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return !c.Font.Has(r) })
}

// drawable is r, a space for what separates, 0 for what has no picture of its own, and
// "?" for what the fonts lack.
func (c *Cleaner) drawable(r rune) rune {
	switch {
	case r == '\t' || r == '\n' || r == '\v' || r == '\f' || r == '\r' || r == 0x85 || r == 0x2028 || r == 0x2029 || r == 0x3000:
		return ' '
	case unicode.Is(unicode.Cf, r) || unicode.Is(unicode.Variation_Selector, r):
		return 0 // bidi controls, joiners, soft hyphens
	case unicode.IsControl(r) || !c.Font.Has(r):
		c.Lossy = true
		return substitute
	}
	return r
}

// isPlain tells whether s is printable ASCII, as nearly all cells are.
func isPlain(s string) bool {
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

// isWestern tells whether s is of letters and signs from U+00A1 to U+02FF and ASCII, which
// stand alone and in the order in which they are read.
func (c *Cleaner) isWestern(s string) bool {
	if len(s) > maxRunes {
		return false
	}
	for _, r := range s {
		if r < ' ' || r > '~' && r < 0xa0 || r == 0xad || r > 0x2ff || !c.Font.Has(r) {
			return false
		}
	}
	return true
}
