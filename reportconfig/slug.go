package reportconfig

import (
	"strings"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"rapport/internal/yamltree"
)

// maxSlug is the longest an ID and a slug can be, in characters.
const maxSlug = 64

// Slug makes a name fit for file names and IDs: ASCII a–z, 0–9 and single dashes between, at most 64 of them. The
// Norwegian letters become ae, oe and aa, other letters lose their accents, the rest becomes dashes. It is "" for a
// text with no letter of that kind.
func Slug(s string) string {
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
	return strings.TrimRight(slug[:min(len(slug), maxSlug)], "-")
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

// readID reads the ID of a report. It is part of paths, so it is nothing that a file system treats specially.
func readID(v yamltree.Value) string {
	s := v.Text()
	switch {
	case s == "":
	case !isPlainID(s):
		hint := "a–z, 0–9 and -, beginning with a letter or digit, at most 64"
		if slug := Slug(s); slug != "" && !IsReservedName(slug) {
			hint = "did you mean " + slug + "? " + hint
		}
		v.Fault(hint, "%s is not an ID", yamltree.Quote(s))
	case IsReservedName(s):
		v.Fault("choose another ID", "%s cannot be the name of a directory on Windows", yamltree.Quote(s))
	default:
		return s
	}
	return ""
}

func isPlainID(s string) bool {
	return consistsOf(s, lowerCase+digits+"-") && s[0] != '-' && len(s) <= maxSlug
}

// IsReservedName tells the names that Windows keeps for devices.
func IsReservedName(id string) bool {
	switch id {
	case "con", "prn", "aux", "nul":
		return true
	}
	return len(id) == 4 && (id[:3] == "com" || id[:3] == "lpt") && id[3] >= '1' && id[3] <= '9'
}

const (
	digits       = "0123456789"
	lowerCase    = "abcdefghijklmnopqrstuvwxyz"
	alphanumeric = lowerCase + "ABCDEFGHIJKLMNOPQRSTUVWXYZ" + digits
)

// consistsOf tells whether s is at least one character, and all of them are of the ASCII characters given.
func consistsOf(s, characters string) bool { return s != "" && strings.Trim(s, characters) == "" }

func isDigits(s string) bool { return consistsOf(s, digits) }

func isASCII(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r >= utf8.RuneSelf })
}
