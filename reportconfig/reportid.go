package reportconfig

import "rapport/internal/yamltree"

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
