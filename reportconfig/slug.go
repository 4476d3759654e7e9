package reportconfig

import (
	"strings"
	"unicode/utf8"

	"rapport/internal/slug"
	"rapport/internal/yamltree"
)

// Slug makes a name fit for file names and IDs, see [slug.Of].
func Slug(s string) string { return slug.Of(s) }

// readID reads the ID of a report. It is part of paths, so it is nothing that a file system treats specially.
func readID(v yamltree.Value) string {
	s := v.Text()
	switch {
	case s == "":
	case !isPlainID(s):
		hint := "a–z, 0–9 and -, beginning with a letter or digit, at most 64"
		if near := Slug(s); near != "" && !IsReservedName(near) {
			hint = "did you mean " + near + "? " + hint
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
	return consistsOf(s, lowerCase+digits+"-") && s[0] != '-' && len(s) <= slug.Longest
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
