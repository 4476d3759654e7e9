package message

import (
	"fmt"
	"rapport/internal/content"
	"testing"
)

func TestALongTableIsCutInTheMailAndKeepsItsSum(t *testing.T) {
	long := content.Table{Head: []string{"Salgssted", "Netto"}, Total: true}
	for i := range 100 {
		long.Rows = append(long.Rows, []string{fmt.Sprint("Butikk ", i), "1,00"})
	}
	long.Rows = append(long.Rows, []string{"Sum", "100,00"})
	short := shortTable(long)
	if n := len(short.Rows); n != maxMailRows || short.More != 70 || short.Rows[n-1][1] != "100,00" || len(long.Rows) != 101 {
		t.Errorf("%d rows: %v", n, short.Rows[n-3:])
	}
}
