package text

import (
	"fmt"
	"strings"
	"text/tabwriter"
)

// ScreenWidth is how many characters a line of a table may have.
const ScreenWidth = 100

// AlignColumns makes lines of rows, with two spaces between the columns and none at their end. What stands in the last
// column is cut where the screen ends.
func AlignColumns(rows [][]string) (lines []string) {
	var aligned strings.Builder
	columns := tabwriter.NewWriter(&aligned, 0, 0, 2, ' ', 0)
	for _, row := range rows {
		fmt.Fprintln(columns, strings.Join(row, "\t"))
	}
	_ = columns.Flush() // to memory
	for line := range strings.Lines(aligned.String()) {
		lines = append(lines, Limit(strings.TrimRight(line, " \n"), ScreenWidth))
	}
	return lines
}

// WrapWords breaks a text into lines of at most width characters, between words where it can.
func WrapWords(s string, width int) (lines []string) {
	line := ""
	for _, word := range strings.Fields(s) {
		if line != "" && len([]rune(line))+1+len([]rune(word)) > width {
			lines, line = append(lines, line), ""
		}
		if line != "" {
			line += " "
		}
		line += word
		for r := []rune(line); len(r) > width; r = []rune(line) {
			lines, line = append(lines, string(r[:width])), string(r[width:])
		}
	}
	return append(lines, line)
}
