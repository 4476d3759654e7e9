package pipeline

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"rapport/fetch"
	"rapport/reportconfig"
)

func TestFiguresAreTheTotalsAsPlainData(t *testing.T) {
	tx := captured(t, "a", 10000)
	tx.Events = append(tx.Events, event(t, refundEvent, "12:30", 2500))
	renamed := captured(t, "b", 500)
	renamed.Store.Name = "Oslo S"
	euro := captured(t, "c", 700)
	euro.Currency, euro.Store.ID, euro.ProductType = "EUR", "sc031", ""
	batch := batchOf(t, "2026-11-19", report(reportconfig.Transactions{}, "no"))
	newBuilder(t, things{transactions: []fetch.Transaction{tx, renamed, euro}}).buildAll(t.Context(), batch)
	var got strings.Builder
	for _, f := range batch[0].figures.totals.list(batch[0].figures.shape) {
		fmt.Fprintln(&got, f)
	}
	want := `{currency   EUR captured 1 700}
{currency   NOK captured 2 10500}
{currency   NOK refunded 1 -2500}
{method   EUR captured 1 700}
{method vipps  NOK captured 2 10500}
{method vipps  NOK refunded 1 -2500}
{store sc029 Oslo S NOK captured 2 10500}
{store sc029 Oslo S NOK refunded 1 -2500}
{store sc031 Oslo EUR captured 1 700}
{day 2026-11-19  EUR captured 1 700}
{day 2026-11-19  NOK captured 2 10500}
{day 2026-11-19  NOK refunded 1 -2500}
`
	if diff := cmp.Diff(want, got.String()); diff != "" {
		t.Error(diff)
	}
}

// TestEveryTotalHasAName: what the data types count, the ledger has a word for.
func TestEveryTotalHasAName(t *testing.T) {
	for _, data := range []reportconfig.Data{reportconfig.Transactions{}, reportconfig.Open{}, reportconfig.Orders{}, reportconfig.Wallets{}} {
		k, err := kindOf(report(data, "en"), parsePeriod(t, "2026-11-19"), nil)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range k.shape().measures {
			if most := slices.Max(m.of); most >= len(k.shape().counted) {
				t.Errorf("%s: measure %d of %s has no name", data.DataType(), most, m.head)
			}
		}
	}
}
