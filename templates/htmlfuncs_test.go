package templates

import "testing"

func TestShapeSuitsThePhone(t *testing.T) {
	right := []bool{false, true, true, true}
	head := []string{"Store", "Captured", "Refunded", "Net"}
	row := []string{"Oslo", "1,00", "0,00", "1,00"}
	big := []string{"Oslo", "92,233,720,368,547,758.07", "0.00", "1.00"}
	for want, rows := range map[string][][]string{"list": {row}, "table": {row, row}, "wide": {row, big}} {
		if got := shape(head, right, rows); got != want {
			t.Errorf("%v is laid out as %s, want %s", rows, got, want)
		}
	}
}
