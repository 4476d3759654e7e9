package paymenttest

import (
	"strings"
	"testing"
)

// RowsOf is the CSV's rows as maps from column to cell, for texts without quotes.
func RowsOf(t *testing.T, csv string) []map[string]string {
	t.Helper()
	lines := strings.Split(strings.TrimSuffix(strings.TrimPrefix(csv, "\ufeff"), "\r\n"), "\r\n")
	comma := ";"
	if strings.HasPrefix(lines[0], "Time,") || strings.HasPrefix(lines[0], "Authorised,") {
		comma = ","
	}
	head := strings.Split(lines[0], comma)
	var rows []map[string]string
	for _, line := range lines[1:] {
		cells := strings.Split(line, comma)
		if len(cells) != len(head) {
			t.Fatalf("%d cells under %d columns: %s", len(cells), len(head), line)
		}
		row := map[string]string{}
		for i, cell := range cells {
			row[head[i]] = cell
		}
		rows = append(rows, row)
	}
	return rows
}
