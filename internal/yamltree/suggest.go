package yamltree

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Choose reads one of a few words; "" if it is none of them. synonym, which may be nil, gives the word that another one
// stands for though it is no misspelling of it.
func (v Value) Choose(words []string, synonym func(string) string) string {
	s, ok := v.StrWithHint(OneOf(words))
	if !ok || slices.Contains(words, s) {
		return s
	}
	hint := didYouMean(s, words)
	if synonym != nil {
		if meant := synonym(s); meant != "" {
			hint = "did you mean " + meant + "?"
		}
	}
	v.Fault(hint, "%s is not possible here", Quote(s))
	return ""
}

// didYouMean returns a hint that names the option got was probably meant to be, else one that lists them all.
func didYouMean(got string, options []string) string {
	if near := Nearest(got, options); near != "" {
		return "did you mean " + near + "?"
	}
	return OneOf(options)
}

// OneOf is the hint that lists the options.
func OneOf(options []string) string {
	switch len(options) {
	case 0:
		return "nothing is known here"
	case 1:
		return "it must be " + options[0]
	}
	return "one of " + strings.Join(options, ", ")
}

// Nearest finds the option closest to got: the same but for case, spaces and punctuation, or a few edits away; else "".
func Nearest(got string, options []string) string {
	const maxGot = 80
	if len(got) > maxGot {
		return ""
	}
	folded := Fold(got)
	best, distance := "", 1+min(3, utf8.RuneCountInString(folded)/3)
	for _, o := range options {
		if d := editDistance(folded, Fold(o)); d < distance {
			best, distance = o, d
		}
	}
	return best
}

// Fold drops what content_types, content-types and contentTypes differ in.
func Fold(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, s)
}

// editDistance counts the insertions, deletions, replacements and swaps of neighbours that turn a into b.
func editDistance(a, b string) int {
	from, to := []rune(a), []rune(b)
	before, last, row := make([]int, len(to)+1), make([]int, len(to)+1), make([]int, len(to)+1)
	for j := range row {
		row[j] = j
	}
	for i := range from {
		before, last, row = last, row, before
		row[0] = i + 1
		for j := range to {
			change := 1
			if from[i] == to[j] {
				change = 0
			}
			row[j+1] = min(last[j+1]+1, row[j]+1, last[j]+change)
			if i > 0 && j > 0 && from[i] == to[j-1] && from[i-1] == to[j] {
				row[j+1] = min(row[j+1], before[j-1]+1)
			}
		}
	}
	return row[len(to)]
}
