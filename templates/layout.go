package templates

import (
	"strings"
	"unicode"

	"golang.org/x/text/width"
)

const columns = 72 // of the text part

// rule is a line under a heading.
func rule(s, mark string) string { return strings.Repeat(mark, min(max(cells(s), 1), columns)) }

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

// breakable is a space at which a line may end; not the one inside a number.
func breakable(r rune) bool { return unicode.IsSpace(r) && r != '\u00a0' && r != '\u202f' }

// cut splits a word that no line would hold.
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

// The shapes of a table in HTML.
const (
	asList  = "list"  // one row: a line for each column, in every program
	asTable = "table" // narrow enough for a phone as it is
	asWide  = "wide"  // a table that a small screen stacks
)

// phone is what a screen of 320 pixels leaves for the cells of a table.
const phone = 288

// shape chooses how a table is laid out, by an estimate of the room that the longest
// words of each column need in 13 pixels of Arial.
func shape(head []string, right []bool, rows [][]string) string {
	if len(rows) == 1 && len(head) > 2 {
		return asList
	}
	need := 0
	for i := range head {
		widest := longestWord(head[i])
		for _, row := range rows {
			if right[i] {
				widest = max(widest, pixels(row[i]))
			} else {
				widest = max(widest, min(longestWord(row[i]), 80)) // a long name is broken
			}
		}
		need += widest + 8
	}
	if need-8 > phone {
		return asWide
	}
	return asTable
}

func longestWord(s string) int {
	longest := 0
	for _, word := range strings.FieldsFunc(s, breakable) {
		longest = max(longest, pixels(word))
	}
	return longest
}

// pixels is how wide s is in 13 pixels of bold Arial, rounded up generously.
func pixels(s string) int {
	tenths := 0
	for _, r := range s {
		switch {
		case strings.ContainsRune(" \u00a0.,:;'|!ijlIft", r):
			tenths += 44
		case unicode.IsUpper(r) || strings.ContainsRune("mwMW%@", r):
			tenths += 100
		default:
			tenths += 75 * runeCells(r)
		}
	}
	return tenths/10 + 1
}

// large is the size in pixels of the letters of an amount that is to fill a phone and
// not to leave it; smaller where there are several.
func large(amount string, several bool) int {
	const least, room = 13, 205
	most := 34
	if several {
		most = 22
	}
	return max(least, min(most, room*13/pixels(amount)))
}
