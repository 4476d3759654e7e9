package render

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"rapport/internal/content"
	"rapport/internal/money"
)

// tableOf is a table of so many rows and a sum.
func tableOf(title string, rows int) content.Table {
	t := content.Table{Title: title, Head: []string{"Salgssted", "Valuta", "Innløsninger", "Innløst", "Refusjoner", "Refundert", "Netto"}, Right: []bool{false, false, true, true, true, true, true}, Total: true}
	for i := range rows {
		t.Rows = append(t.Rows, []string{fmt.Sprint("Fjordfisk ", title, " nr. ", i), "NOK", "1 234", "1 234 567,00", "12", "−12 345,00", "1 222 222,00"})
	}
	t.Rows = append(t.Rows, []string{"Sum", "NOK", "1 234", "1 234 567,00", "12", "−12 345,00", "1 222 222,00"})
	return t
}

// lowest are the lowest texts of each page but the footer's, and the rows of a table on each.
func lowest(t *testing.T, s sample, title string) (depth []float64, rows []int) {
	t.Helper()
	render(t, s, func(m drawnItem) {
		for len(depth) < m.page {
			depth, rows = append(depth, 0), append(rows, 0)
		}
		if m.shape == "" && m.y < m.pageHeight-footerRoom {
			depth[m.page-1] = max(depth[m.page-1], m.y)
		}
		if strings.HasPrefix(m.text, "Fjordfisk "+title+" nr.") {
			rows[m.page-1]++
		}
	})
	return depth, rows
}

// TestNoPageIsTurnedForAFewLines: whatever the tables, what is left for the last page is worth a page.
func TestNoPageIsTurnedForAFewLines(t *testing.T) {
	for rows := 1; rows <= 60; rows++ {
		s := transactions(t, "no", 4, "NOK")
		s.document.RowsElsewhere = "De 24 816 radene står i CSV-filen som er vedlagt e-posten."
		s.document.Tables = []content.Table{tableOf("A", 5), tableOf("B", rows)}
		depth, _ := lowest(t, s, "B")
		if last := len(depth) - 1; last > 0 && depth[last] < margin+thinPage {
			t.Errorf("%d rows: page %d ends at %.0f points", rows, last+1, depth[last])
		}
	}
}

func TestATableIsNotBrokenForAFewLines(t *testing.T) {
	for rows := 1; rows <= 90; rows++ {
		s := transactions(t, "no", 4, "NOK")
		s.document.Tables = []content.Table{tableOf("A", 17), tableOf("B", rows), tableOf("C", 3)}
		_, parts := lowest(t, s, "B")
		parts = slices.DeleteFunc(parts, func(n int) bool { return n == 0 })
		if n := len(parts); n > 1 && (parts[0] < fewRows || parts[n-1] < fewRows-1) { // and the sum
			t.Errorf("%d rows are broken into %v", rows, parts)
		}
	}
}

// TestPagesAreTurnedOnlyWhereTheRowsNeedIt: rows of a shop go on upright below the sums.
func TestPagesAreTurnedOnlyWhereTheRowsNeedIt(t *testing.T) {
	turned := func(s sample) (turned bool) {
		upright := 0.0
		render(t, s, func(m drawnItem) {
			if upright == 0 {
				upright = m.pageHeight
			}
			turned = turned || m.pageHeight != upright
		})
		return turned
	}
	for _, currencies := range [][]money.Currency{{"NOK"}, {"NOK", "SEK", "EUR"}} {
		if turned(transactions(t, "no", 60, currencies...)) {
			t.Errorf("%v: the rows lie on their side", currencies)
		}
	}
	wide := transactions(t, "no", 60, "NOK")
	for _, row := range wide.rows {
		for i, v := range row {
			if v.Kind == content.Money {
				row[i].Number = v.Number * 1_000_000_000
			}
		}
	}
	if !turned(wide) {
		t.Error("amounts that need the width have not got it")
	}
}
