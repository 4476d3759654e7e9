package templates

import (
	"strings"
	"unicode"

	"golang.org/x/text/width"
)

// columns is the longest line of the text.
const columns = 72

// rule is a line of marks under a heading.
func rule(heading, mark string) string {
	return strings.Repeat(mark, min(max(cells(heading), 1), columns))
}

// wrap breaks text into lines of at most 72 columns, the later ones indented.
func wrap(indent, s string) string { return fold("", indent, s) }

// fold is wrap with an indent for the first line too.
func fold(first, indent, s string) string {
	var b strings.Builder
	b.WriteString(first)
	used := 0
	for _, word := range strings.FieldsFunc(s, breakable) {
		for word != "" {
			head, rest := cut(word, columns-max(cells(first), cells(indent)))
			switch {
			case used == 0:
				used = cells(first)
			case used+1+cells(head) > columns:
				b.WriteString("\n" + indent)
				used = cells(indent)
			default:
				b.WriteByte(' ')
				used++
			}
			b.WriteString(head)
			used += cells(head)
			word = rest
		}
	}
	return b.String()
}

// breakable tells whether a line may end at a space: not at the one inside a number.
func breakable(r rune) bool { return unicode.IsSpace(r) && r != '\u00a0' && r != '\u202f' }

// cut splits a word that is wider than a line.
func cut(word string, limit int) (head, rest string) {
	used := 0
	for i, r := range word {
		if used += runeCells(r); used > limit && i > 0 {
			return word[:i], word[i:]
		}
	}
	return word, ""
}

// cells is how many columns s takes in a fixed-width font.
func cells(s string) int {
	n := 0
	for _, r := range s {
		n += runeCells(r)
	}
	return n
}

func runeCells(r rune) int {
	if unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf) {
		return 0
	}
	switch width.LookupRune(r).Kind() {
	case width.EastAsianWide, width.EastAsianFullwidth:
		return 2
	}
	return 1
}
