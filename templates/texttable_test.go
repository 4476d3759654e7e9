package templates

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestTableAlignsByTheWidthOfRunes(t *testing.T) {
	got := textTable([]string{"Måte", "Innløst"}, []bool{false, true},
		[][]string{{"åé", "1\u00a0234,50"}, {"日本", "−2,00"}, {"Sum", "1\u00a0232,50"}}, true)
	want := strings.Join([]string{
		"Måte   Innløst",
		"--------------",
		"åé    1\u00a0234,50",
		"日本     −2,00",
		"--------------",
		"Sum   1\u00a0232,50",
	}, "\n")
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestALongNameHasLinesOfItsOwn(t *testing.T) {
	long := strings.Repeat("x", 100)
	got := textTable([]string{"Store", "Net"}, []bool{false, true}, [][]string{{long, "1.00"}, {"b", "2.00"}}, false)
	pad := func(s string) string { return s + strings.Repeat(" ", columns-len(s)-4) }
	want := pad("Store") + " Net\n" + strings.Repeat("-", columns) + "\n" + long[:72] + "\n" + long[72:] + "\n" + pad("") + "1.00\n" + pad("b") + "2.00"
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestATableThatIsTooWideHasItsFirstAndLastColumn(t *testing.T) {
	head := []string{"Betalingsmåte", "Valuta", "Innløsninger", "Innløst", "Refusjoner", "Refundert", "Netto"}
	got := textTable(head, []bool{false, false, true, true, true, true, true}, [][]string{
		{"Kort · Swedbank Pay", "NOK", "36", "18 459,50", "2", "-850,00", "17 609,50"},
		{"Vipps", "NOK", "81", "31 004,00", "0", "0,00", "31 004,00"},
		{"Sum", "NOK", "117", "49 463,50", "2", "-850,00", "48 613,50"},
	}, true)
	want := `Betalingsmåte            Netto
------------------------------
Kort · Swedbank Pay  17 609,50
    NOK · Innløsninger_36 · Innløst_18 459,50 · Refusjoner_2 ·
    Refundert_-850,00
Vipps                31 004,00
    NOK · Innløsninger_81 · Innløst_31 004,00
------------------------------
Sum                  48 613,50
    NOK · Innløsninger_117 · Innløst_49 463,50 · Refusjoner_2 ·
    Refundert_-850,00`
	if diff := cmp.Diff(strings.ReplaceAll(want, "_", "\u00a0"), got); diff != "" {
		t.Error(diff)
	}
}

func TestATableWithoutRoomForItsLastColumnBecomesLines(t *testing.T) {
	long := strings.Repeat("1", 60)
	got := textTable([]string{"Store", "Net"}, []bool{false, true}, [][]string{{"a", long}, {strings.Repeat("b", 20), "2"}}, false)
	want := "Store: a\n  Net: " + long + "\n\nStore: " + strings.Repeat("b", 20) + "\n  Net: 2"
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}
