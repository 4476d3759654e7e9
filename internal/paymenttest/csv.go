package paymenttest

import (
	"encoding/csv"
	"strings"
	"testing"
)

// RowsOf is the CSV's rows as maps from column to cell.
func RowsOf(t testing.TB, text string) []map[string]string {
	t.Helper()
	r := csv.NewReader(strings.NewReader(strings.TrimPrefix(text, "\ufeff")))
	r.Comma = ';'
	if strings.HasPrefix(text, "\ufeffTime,") || strings.HasPrefix(text, "\ufeffAuthorised,") || strings.HasPrefix(text, "Time,") || strings.HasPrefix(text, "Authorised,") {
		r.Comma = ','
	}
	lines, err := r.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var rows []map[string]string
	for _, line := range lines[1:] {
		row := map[string]string{}
		for i, cell := range line {
			row[lines[0][i]] = cell
		}
		rows = append(rows, row)
	}
	return rows
}
