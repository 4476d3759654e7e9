package builder

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"rapport/internal/payment"
	"rapport/internal/paymenttest"
	"rapport/internal/report"
	"rapport/reportconfig"
)

func TestStoresOfOneNameStayApart(t *testing.T) {
	one, other := paymenttest.Captured(t, "a", 100), paymenttest.Captured(t, "b", 200)
	other.Store.ID = "sc999"
	r := newBuilder(t, paymenttest.Source{Sales: []payment.Transaction{one, other}})
	b, err := r.buildOne(t.Context(), report.Job{Report: paymenttest.Report(reportconfig.Transactions{}, "no"), Period: paymenttest.Period(t, "2026-11-19")}, t.TempDir(), paymenttest.Morning(t))
	if err != nil {
		t.Fatal(err)
	}
	if stores := b.statement.Tables[len(b.statement.Tables)-1]; len(stores.Rows) != 3 || !stores.Total {
		t.Errorf("two stores and their sum: %v", stores.Rows)
	}
}

func TestAnUnlistedCurrencyIsNoted(t *testing.T) {
	tx := paymenttest.Captured(t, "a", 100)
	tx.Currency = "XXQ"
	r := newBuilder(t, paymenttest.Source{Sales: []payment.Transaction{tx}})
	b, err := r.buildOne(t.Context(), report.Job{Report: paymenttest.Report(reportconfig.Transactions{}, "en"), Period: paymenttest.Period(t, "2026-11-19")}, t.TempDir(), paymenttest.Morning(t))
	if err != nil {
		t.Fatal(err)
	}
	if notes := b.statement.Notes; notes[len(notes)-1] != `Currency not in ISO 4217, shown with two decimals: "XXQ".` {
		t.Errorf("notes: %q", notes)
	}
}

func TestFiguresAreTheTotalsAsPlainData(t *testing.T) {
	tx := paymenttest.Captured(t, "a", 10000)
	tx.Events = append(tx.Events, paymenttest.Event(t, payment.EventRefund, "12:30", 2500))
	renamed := paymenttest.Captured(t, "b", 500)
	renamed.Store.Name, renamed.UpdatedAt = "Oslo S", paymenttest.At(t, "2026-11-20T04:00:00+01:00")
	euro := paymenttest.Captured(t, "c", 700)
	euro.Currency, euro.Store.ID, euro.ProductType = "EUR", "sc031", ""
	batch := batchOf(t, "2026-11-19", paymenttest.Report(reportconfig.Transactions{}, "no"))
	newBuilder(t, paymenttest.Source{Sales: []payment.Transaction{tx, renamed, euro}}).buildAll(t.Context(), batch)
	var got strings.Builder
	for _, f := range batch[0].figures.Totals.List(batch[0].figures.Layout) {
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

func TestAnOperationIsCountedOnceInTheTotals(t *testing.T) {
	lines := []payment.OperationLine{{LineID: "1", Amount: 600}, {LineID: "2", Amount: 400}}
	r := newBuilder(t, paymenttest.Source{OrderList: []payment.Order{paymenttest.Order(t, paymenttest.Operation(t, payment.Capture, "c1", 1000, lines...), paymenttest.Operation(t, payment.Capture, "c2", 1000, lines...))}})
	b, err := r.buildOne(t.Context(), report.Job{Report: paymenttest.Report(reportconfig.Orders{}, "no"), Period: paymenttest.Period(t, "2026-11-19")}, t.TempDir(), paymenttest.Morning(t))
	if err != nil {
		t.Fatal(err)
	}
	f := b.figures.Totals.Groups[report.PerOperation][report.Group{Name: "capture", Code: "NOK"}]
	if f.Counts[0] != 2 || f.Sums[0] != 2000 || b.figures.Totals.Rows != 4 {
		t.Errorf("two operations of 10.00 in four rows: %+v, %d rows", f, b.figures.Totals.Rows)
	}
}

func TestWalletMovementsHaveTheirSigns(t *testing.T) {
	var list []payment.WalletTransaction
	for i, kind := range []string{"fund", "drawdown", "pending_capture", "voided", "expired"} {
		list = append(list, payment.WalletTransaction{ID: string(rune('a' + i)), CardID: "card", Type: kind, Amount: 1000 + int64(i), Currency: "NOK", CreatedAt: paymenttest.At(t, "12:00")})
	}
	list = append(list, payment.WalletTransaction{ID: "late", CardID: "card", Type: "fund", Amount: 1, Currency: "NOK", CreatedAt: paymenttest.At(t, "2026-11-20T00:00:00+01:00")})
	rows := paymenttest.RowsOf(t, csvOf(t, paymenttest.Source{Movements: list}, paymenttest.Report(reportconfig.Wallets{}, reportconfig.English), "2026-11-19"))
	var got string
	for _, r := range rows {
		got += r["Type"] + " " + r["Amount"] + ", "
	}
	if want := "Load 10.00, Use -10.01, Reserved 10.02, Released 10.03, expired 10.04, "; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	r := newBuilder(t, paymenttest.Source{Movements: list})
	b, err := r.buildOne(t.Context(), report.Job{Report: paymenttest.Report(reportconfig.Wallets{}, "no"), Period: paymenttest.Period(t, "2026-11-19")}, t.TempDir(), paymenttest.Morning(t))
	if err != nil {
		t.Fatal(err)
	}
	if net := b.statement.Headlines[0].Amount; net != "\u22120,01\u00a0kr" {
		t.Errorf("net is loaded less used: %s", net)
	}
}
