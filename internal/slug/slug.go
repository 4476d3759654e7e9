// Package slug makes what people write fit for file names and ids. It refuses nothing: of a text with
// no letter that fits the slug is "".
package slug

import (
	"strings"

	"golang.org/x/text/unicode/norm"
)

// Max is the longest that a slug can be, in characters.
const Max = 64

// Of makes a name fit for file names and IDs: ASCII a–z, 0–9 and single dashes between, at most 64 of them. The
// Norwegian letters become ae, oe and aa, other letters lose their accents, the rest becomes dashes. It is "" for a
// text with no letter of that kind.
func Of(s string) string {
	var b strings.Builder
	last := rune('-') // no dash in front
	for _, r := range norm.NFD.String(strings.ToLower(s)) {
		switch {
		case r >= 'a' && r <= 'z' || r >= '0' && r <= '9':
			b.WriteRune(r)
			last = r
		case r == '\u030A' && last == 'a': // å, taken apart
			b.WriteByte('a')
		case r >= '\u0300' && r <= '\u036F': // an accent
		case spelled(r) != "":
			b.WriteString(spelled(r))
			last = r
		case last != '-':
			b.WriteByte('-')
			last = '-'
		}
	}
	slug := b.String()
	return strings.TrimRight(slug[:min(len(slug), Max)], "-")
}

// spelled gives the letters that stand for one that has no accent to lose.
func spelled(r rune) string {
	switch r {
	case 'æ':
		return "ae"
	case 'ø', 'œ':
		return "oe"
	case 'ß':
		return "ss"
	case 'đ', 'ð':
		return "d"
	case 'þ':
		return "th"
	case 'ł':
		return "l"
	}
	return ""
}

// IsReserved tells the names that Windows keeps for devices.
func IsReserved(id string) bool {
	switch id {
	case "con", "prn", "aux", "nul":
		return true
	}
	return len(id) == 4 && (id[:3] == "com" || id[:3] == "lpt") && id[3] >= '1' && id[3] <= '9'
}
