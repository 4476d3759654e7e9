package render

import (
	"strings"
	"testing"
)

// TestColumnsThatHaveNoRoomAreNamed, with where they are; those that are shown, or that hold nothing, are not.
func TestColumnsThatHaveNoRoomAreNamed(t *testing.T) {
	s := transactions(t, "no", 40, "NOK", "SEK", "EUR", "ISK")
	said := func(key string) (line string) {
		s.document.ColumnsElsewhere = key
		render(t, s, func(m drawnItem) {
			if strings.HasPrefix(m.text, "Det er ikke plass her til ") {
				line += m.text
			}
		})
		return line
	}
	if got := said(""); got != "" {
		t.Errorf("without a word for it: %q", got)
	}
	got := said("document.columns_in_csv")
	if !strings.Contains(got, "Gebyr") || !strings.HasSuffix(got, ": det står i CSV-filen.") {
		t.Errorf("it says %q", got)
	}
	for _, shown := range []string{"Netto", "Innløst", "Valuta"} {
		if strings.Contains(got, shown) {
			t.Errorf("%s is among the rows, and it says %q", shown, got)
		}
	}
}
