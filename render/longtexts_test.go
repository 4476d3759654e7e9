package render

import (
	"fmt"
	"strings"
	"testing"

	"rapport/internal/content"
)

// TestWhatAPaperIsOfIsNotShortened: a seller's first page says that it is no payout, and a report of
// many stores names them all, over pages if it must.
func TestWhatAPaperIsOfIsNotShortened(t *testing.T) {
	for _, count := range []int{10, 300} {
		var stores []string
		for i := range count {
			stores = append(stores, fmt.Sprintf("4f2d1c9e-7b3a-4c55-9d10-%012d", i))
		}
		s := transactions(t, "no", 4, "NOK")
		s.document.Subtitle = "Andelen til Lofoten Tørrfisk AS (lofoten-torrfisk), før gebyrer – ikke en utbetaling"
		s.document.Facts[1] = content.Fact{Label: "Utvalg", Value: "Salgssted: " + strings.Join(stores, ", ")}
		s.document.Remarks = []string{strings.Repeat("ord ", 150) + "til slutt"}
		var said strings.Builder
		var drawn []drawnItem
		render(t, s, func(m drawnItem) {
			drawn = append(drawn, m)
			said.WriteString(m.text + " ")
		})
		checkGeometry(t, drawn)
		for _, want := range append(stores, "Andelen til Lofoten Tørrfisk AS", "ikke en utbetaling", "til slutt", "T12345678") {
			if !strings.Contains(said.String(), want) {
				t.Errorf("of %d stores: %q is not on the paper", count, want)
			}
		}
		if strings.Contains(said.String(), "…") {
			t.Errorf("of %d stores: a text is cut", count)
		}
	}
}
