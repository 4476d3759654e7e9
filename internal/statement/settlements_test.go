package statement

import (
	"testing"

	"rapport/internal/content"
	"rapport/internal/report"
	"rapport/internal/settlement"
	"rapport/locales"
)

// TestProvidersThatReadAlikeAreToldApart: Dintero's own acquiring and its payouts are both
// "Dintero" to people.
func TestProvidersThatReadAlikeAreToldApart(t *testing.T) {
	words, err := locales.For("no")
	if err != nil {
		t.Fatal(err)
	}
	fs := &Figures{Words: words, Totals: report.NewTotals(), Settlements: &Settlements{Outcome: &settlement.Outcome{}}}
	for _, code := range []string{"payout", "dintero_psp", "payout", "payex"} {
		fs.Settlements.Lines = append(fs.Settlements.Lines, settlement.Line{LineKey: settlement.LineKey{Provider: code, Currency: "NOK"}})
	}
	texts := newSettlementTexts(fs)
	for code, want := range map[string]string{"payout": "Dintero (payout)", "dintero_psp": "Dintero (dintero_psp)", "payex": "Swedbank Pay", "klarna": "Klarna", "new": "new"} {
		if got := texts.provider(code); got != want {
			t.Errorf("%s is called %q, want %q", code, got, want)
		}
	}
	if table := (settlementTables{texts}).sumTable(); !table.Whole {
		t.Errorf("a row of the bridge may be left out: %+v", content.Table{Title: table.Title})
	}
}

// TestAChangedSettlementSaysWhatItIsNowAsValues, though its amount is the same and the bridge is empty.
func TestAChangedSettlementSaysWhatItIsNowAsValues(t *testing.T) {
	words, err := locales.For("no")
	if err != nil {
		t.Fatal(err)
	}
	told := settlement.Told{Key: settlement.KeyOf("s1", "NOK"), Standing: settlement.Paid, Provider: "vipps", Amount: 9700}
	now := told
	now.Standing = settlement.Postponed
	fs := &Figures{Words: words, Totals: report.NewTotals(), Settlements: &Settlements{Outcome: &settlement.Outcome{Changed: []settlement.Changed{{Before: told, Now: now}}}}}
	tables, err := ValueTables(fs)
	if err != nil || len(tables) != 1 || len(tables[0].Rows) != 1 || len(tables[0].Rows[0]) != len(tables[0].Head) {
		t.Fatalf("%+v, %v", tables, err)
	}
	row := tables[0].Rows[0]
	if row[5].Text != "Utbetalt" || row[7].Text != "Utsatt" || row[4].Number != 9700 || row[6].Number != 9700 {
		t.Errorf("%+v", row)
	}
}
