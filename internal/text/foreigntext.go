// Package text makes text that somebody else wrote safe to show: in a mail, a document, a
// message, a log, a table. It cuts, joins lines, and replaces what a terminal, a mail
// program or an eye would be misled by. It knows no fonts, quotes for no file format and
// never fails. Functions that only cut leave bytes that are not UTF-8 as they are.
package text

import (
	"html"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Ellipsis follows what was cut.
const Ellipsis = "…"

const replacement = "\uFFFD" // stands for what cannot be shown

// Shortened is s, cut with … at n characters.
func Shortened(s string, n int) string {
	if len(First(s, n)) == len(s) {
		return s
	}
	return strings.TrimRight(First(s, n-1), " ") + Ellipsis
}

// First is the first n characters of s.
func First(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for i := range s {
		if n--; n < 0 {
			return s[:i]
		}
	}
	return s
}

// Truncate is the first n characters of s, then "…" if there are more.
func Truncate(s string, n int) string {
	if first := First(s, n); len(first) < len(s) {
		return first + Ellipsis
	}
	return s
}

// Limit is s in at most n characters, the last of which is "…" if s has more.
func Limit(s string, n int) string {
	if len(First(s, n)) < len(s) {
		return First(s, n-1) + Ellipsis
	}
	return s
}

// LimitHTML is as much of s as takes n bytes of a page, where quotes and brackets are several; then "…" if s has more.
func LimitHTML(s string, n int) string {
	for i, r := range s {
		if r == '+' { // which html/template writes as &#43;
			n -= len("&#43;") - 1
		}
		if n -= len(html.EscapeString(string(r))); n < 0 {
			return s[:i] + Ellipsis
		}
	}
	return s
}

// TruncateBytes is at most the first n bytes of s, then "…" if there are more. Where it
// cuts, broken stands for what is not UTF-8: half a character at the end, too.
func TruncateBytes(s string, n int, broken string) string {
	if len(s) <= n {
		return s
	}
	return strings.ToValidUTF8(s[:n], broken) + Ellipsis
}

// CutMiddle is a text in at most so many runes: its beginning and its end, which say more
// than what is between.
func CutMiddle(s string, most int) string {
	runes := []rune(s)
	if len(runes) <= most {
		return s
	}
	end := most / 3
	return strings.TrimRight(string(runes[:most-1-end]), " ") + Ellipsis + strings.TrimLeft(string(runes[len(runes)-end:]), " ")
}

// OneLine is the words of s with one space between them.
func OneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

// PrintableLine is the printable words of s with one space between them: nothing in it
// moves the cursor of a terminal or ends the line of a log.
func PrintableLine(s string) string {
	return strings.Join(strings.FieldsFunc(s, func(r rune) bool { return unicode.IsSpace(r) || !unicode.IsPrint(r) }), " ")
}

// Sanitize is s as a person reads it, on one line. Line breaks, tabs and other controls
// are spaces. Characters that turn the direction of a text or hide in it are dropped.
func Sanitize(s string) string {
	s = strings.ReplaceAll(strings.ToValidUTF8(s, replacement), "\r\n", "\n")
	return strings.Map(func(r rune) rune {
		switch {
		case unicode.IsControl(r) || r == '\u2028' || r == '\u2029':
			return ' '
		case unicode.Is(unicode.Bidi_Control, r) || r == '\u200b' || r == '\ufeff' || r >= 0xfff9 && r <= 0xfffb:
			return -1
		}
		return r
	}, s)
}

// ReplaceNonGraphic is s with U+FFFD for each character that shows nothing.
func ReplaceNonGraphic(s string) string {
	return strings.Map(func(r rune) rune {
		if !unicode.IsGraphic(r) {
			return unicode.ReplacementChar
		}
		return r
	}, s)
}

// maxForeignLine is how many characters a line about somebody else's data has.
const maxForeignLine = 300

// ForeignLine is a line that holds names from the data, for a terminal or an operator: cut,
// with a mark for what a terminal would obey.
func ForeignLine(line string) string { return ReplaceNonGraphic(Truncate(line, maxForeignLine)) }

// Escape is s with an escape, as Go writes it, for each character that keep refuses and
// each byte that is not UTF-8. A result of more than limit characters ends in "…" instead,
// after whole escapes only; 0 is no limit.
func Escape(s string, limit int, keep func(rune) bool) string {
	var b strings.Builder
	left := limit
	for i, size := 0, 0; i < len(s); i += size {
		var r rune
		r, size = utf8.DecodeRuneInString(s[i:])
		shown := s[i : i+size]
		if r == utf8.RuneError && size == 1 || !keep(r) {
			quoted := strconv.QuoteToASCII(shown)
			shown = quoted[1 : len(quoted)-1]
		}
		if left -= utf8.RuneCountInString(shown); limit > 0 && left < 0 {
			return b.String() + Ellipsis
		}
		b.WriteString(shown)
	}
	return b.String()
}

// Latin tells whether r is a printable character of ASCII, of the Latin script or of no
// script: keep of [Escape] where a Cyrillic а must not pass for an a.
func Latin(r rune) bool {
	return unicode.IsPrint(r) && (r < utf8.RuneSelf || unicode.In(r, unicode.Latin, unicode.Common))
}

// Quoted is the first n characters of s, in Go's quotes if one of them is a quote or not
// printable.
func Quoted(s string, n int) string {
	s = Truncate(s, n)
	if strings.ContainsFunc(s, func(r rune) bool { return r == '"' || !unicode.IsPrint(r) }) {
		return strconv.Quote(s)
	}
	return s
}
