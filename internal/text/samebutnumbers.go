package text

import "strings"

// SameButNumbers tells whether two messages say the same thing, whatever changes each time it
// is said: an hour, a port, an id in a server's answer. Words with a digit in them are not
// compared, unless they are an enhanced status code as 4.7.1.
func SameButNumbers(a, b string) bool { return WithoutNumbers(a) == WithoutNumbers(b) }

// WithoutNumbers is the words of s, with "#" for those that have a digit in them and are no
// enhanced status code.
func WithoutNumbers(s string) string {
	words := strings.Fields(s)
	for i, w := range words {
		if strings.ContainsAny(w, "0123456789") && !isStatusCode(w) {
			words[i] = "#"
		}
	}
	return strings.Join(words, " ")
}

// isStatusCode tells whether a word is a status of RFC 3463.
func isStatusCode(w string) bool {
	parts := strings.Split(w, ".")
	if len(parts) != 3 || parts[0] != "2" && parts[0] != "4" && parts[0] != "5" {
		return false
	}
	for _, part := range parts {
		if part == "" || len(part) > 3 || strings.Trim(part, "0123456789") != "" {
			return false
		}
	}
	return true
}
