package templates

import (
	"fmt"
	"html/template"
	"reflect"
	"slices"
	"strings"
	"unicode"
)

// outlook begins a table of so many pixels for Outlook on Windows alone, which knows no
// max-width. It stands here because html/template drops comments of the template itself.
// It takes no text: what it returns is not escaped.
func outlook(pixels int) template.HTML {
	return template.HTML(fmt.Sprintf(`<!--[if mso]><table role="presentation" width="%d" cellpadding="0" cellspacing="0" border="0"><tr><td><![endif]-->`, pixels)) //nolint:gosec // holds a number alone
}

// endOutlook ends the table of outlook.
func endOutlook() template.HTML { return "<!--[if mso]></td></tr></table><![endif]-->" }

// last tells whether i is the last index of a slice.
func last(i int, slice any) bool { return i == reflect.ValueOf(slice).Len()-1 }

// side is how the cells of a column are aligned.
func side(right []bool, i int) string {
	if right[i] {
		return "right"
	}
	return "left"
}

// mark is the sign of a check's state, for those who see no colours.
func mark(state any) string {
	switch fmt.Sprint(state) {
	case "agrees":
		return "✓"
	case "differs":
		return "!"
	}
	return "–"
}

// previewPadding is ranged over to follow the preview with invisible characters, so that a
// list of mails does not show the beginning of the message beside it.
func previewPadding() [120]struct{} { return [120]struct{}{} }

// The layouts of a table in HTML.
const (
	shapeList  = "list"  // one row: a line for each column, in every program
	shapeTable = "table" // narrow enough for a phone as it is
	shapeWide  = "wide"  // a phone shows the name and the figure of lead, the others below
)

// phoneWidth is what a screen of 320 pixels leaves for the cells of a table.
const phoneWidth = 288

// shape chooses the layout of a table by an estimate of how wide the longest words of each
// column are in 13 pixels of Arial.
func shape(head []string, right []bool, rows [][]string) string {
	if len(rows) == 1 && len(head) > 2 {
		return shapeList
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
	if need-8 > phoneWidth {
		return shapeWide
	}
	return shapeTable
}

// lead is the column that stands beside the name where there is room for one: the last, as
// the others come to it; the first of a table of currencies, which is the shop's own.
func lead(head []string, chosen ...int) int {
	if len(chosen) > 0 && chosen[0] > 0 && chosen[0] < len(head) { // the table knows better
		return chosen[0]
	}
	if len(head) > 2 && !slices.ContainsFunc(head[1:], func(h string) bool { return !isCode(h) }) {
		return 1
	}
	return len(head) - 1
}

// below is what a row says besides its first cell and that of lead: "Innløsninger 6 · Innløst
// 600,00". What is nothing is left out.
func below(head, row []string, chosen ...int) string {
	var parts []string
	for i := 1; i < len(row); i++ {
		switch {
		case i == lead(head, chosen...):
		case strings.Trim(row[i], "0.,") == "":
		case head[i] == "" || isCode(row[i]):
			parts = append(parts, row[i])
		default:
			parts = append(parts, head[i]+"\u00a0"+row[i])
		}
	}
	return strings.Join(parts, " · ")
}

// isCode tells whether s is a currency, which needs no label.
func isCode(s string) bool {
	return len(s) == 3 && strings.Trim(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == ""
}

// isDate tells whether s is a date in digits, which is not to be broken into two lines.
func isDate(s string) bool {
	return len(s) == len("19.11.2026") && strings.Trim(s, "0123456789.-") == ""
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

// large is the font size in pixels at which an amount fits a phone on one line; smaller
// where there are several amounts.
func large(amount string, several bool) int {
	const smallest, available = 13, 205
	largest := 34
	if several {
		largest = 22
	}
	return max(smallest, min(largest, available*13/pixels(amount)))
}
