package yamltree

import (
	"rapport/internal/text"
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxShown is how much of a value a message repeats, in characters.
const maxShown = 60

// Quote shows a value of a document in a message: on one line, cut short, nothing invisible in it.
func Quote(s string) string {
	if strings.Contains(s, "://") && strings.Contains(s, "@") {
		return "an address that may hold a password (not shown)"
	}
	return `"` + strings.ReplaceAll(Escape(s, maxShown), `"`, `\"`) + `"`
}

// Escape writes s so that every character can be told: what is neither ASCII nor Latin nor a common sign comes out
// as \u…, so that a Cyrillic а does not pass for an a. At most limit characters are kept.
func Escape(s string, limit int) string {
	return text.Escape(text.Truncate(s, limit), 0, text.Latin)
}

// isBlank tells whether s shows nothing on paper.
func isBlank(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return unicode.IsGraphic(r) && !unicode.IsSpace(r) })
}

// InvalidRune finds the first character that has no place in a name, an address or an ID: controls, line and paragraph
// separators, and those that turn the direction of the text around them.
func InvalidRune(s string) (rune, bool) {
	for _, r := range s {
		switch {
		case unicode.IsControl(r), r == '\u2028', r == '\u2029', r == '\uFEFF', r == utf8.RuneError,
			r >= '\u202A' && r <= '\u202E', r >= '\u2066' && r <= '\u2069':
			return r, true
		}
	}
	return 0, false
}
