package reportconfig

import (
	"strings"
	"unicode/utf8"

	"rapport/internal/slug"
	"rapport/internal/yamltree"
)

// readID reads the ID of a report. It is part of paths, so it is nothing that a file system treats specially.
func readID(v yamltree.Value) string {
	s := v.Text()
	switch {
	case s == "":
	case !isPlainID(s):
		hint := "a–z, 0–9 and -, beginning with a letter or digit, at most 64"
		if id := slug.Of(s); id != "" && !slug.IsReserved(id) {
			hint = "did you mean " + id + "? " + hint
		}
		v.Fault(hint, "%s is not an ID", yamltree.Quote(s))
	case slug.IsReserved(s):
		v.Fault("choose another ID", "%s cannot be the name of a directory on Windows", yamltree.Quote(s))
	default:
		return s
	}
	return ""
}

func isPlainID(s string) bool {
	return consistsOf(s, lowerCase+digits+"-") && s[0] != '-' && len(s) <= slug.Max
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
