package render

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"rapport/internal/content"
	"rapport/internal/money"
)

const openColumns = `
authorised time 1
age integer 1
transaction_id text 2
merchant_reference text 1
merchant_reference_2 text 9
payment_provider text 6
payment_method text 3
card_brand text 7
store_id text 9
store text 4
seller text 8
status text 3
currency text 2
authorised_amount money 1
captured money 2
refunded money 5
remaining money 1`

// openTransactions is a snapshot of what is authorised, some of which is about to lapse.
func openTransactions(t testing.TB, language string, count int, currencies ...money.Currency) sample {
	p := printer(t, language)
	random := rand.New(rand.NewPCG(5, 6))
	s := sample{document: document(p, "checkout/transactions/open")}
	d := &s.document
	d.Title, d.Organization.Logo = p.Word("title.checkout/transactions/open"), logoPNG(t)
	d.Notes = []string{p.Word("document.snapshot_note")}
	d.Empty = p.Word("document.empty_open")
	d.Number, d.Program = "Rapport nr. 12", "Rapport 1.2.0"
	d.Columns = columnsOf(p, openColumns)
	for i := range count {
		currency := currencies[i%len(currencies)]
		amount, captured := int64(random.IntN(900000)+9900), int64(0)
		if i%4 == 1 {
			captured = amount / 3
		}
		s.rows = append(s.rows, []content.Value{content.TimeOf(d.Created.AddDate(0, 0, -i%90)), content.IntegerOf(int64(i % 90)), content.TextOf("T12345678." + id(random, 22)),
			content.TextOf(fmt.Sprintf("FF-2026-%06d", 40100-i)), content.TextOf("faktura " + id(random, 5)), content.TextOf("Klarna"), content.TextOf([]string{"klarna", "vipps"}[i%2]), {}, content.TextOf("sc029"), content.TextOf("Fjordfisk Mathallen"), {},
			content.TextOf(p.Word([]string{"status.AUTHORIZED", "status.PARTIALLY_CAPTURED"}[min(captured, 1)])), content.TextOf(string(currency)), content.MoneyOf(amount, currency), content.MoneyOf(captured, currency), content.MoneyOf(0, currency), content.MoneyOf(amount-captured, currency)})
	}
	n := int64(count)
	total := content.Table{Title: p.Word("summary.totals"), Right: []bool{false, true, true, true, true},
		Head: []string{p.Word("column.currency"), p.Word("summary.count"), p.Word("summary.authorised"), p.Word("summary.captured"), p.Word("summary.remaining")}}
	for _, c := range currencies {
		write := func(minor int64) string { return p.Number(money.Amount{Minor: minor, Currency: c}) }
		total.Rows = append(total.Rows, []string{string(c), p.Int(n), write(n * 454176), write(n * 37979), write(n * 416197)})
		h := content.Headline{Label: p.Word("summary.remaining"), Amount: p.MoneyByCode(money.Amount{Minor: n * 416197, Currency: c}),
			Parts: []content.Part{{Label: p.Word("summary.authorised"), Amount: write(n * 454176), Count: p.Int(n)}, {Label: p.Word("summary.captured"), Amount: write(n * 37979), Count: ""}}}
		if c == "NOK" && n > 0 {
			h.Parts = append([]content.Part{{Label: p.Word("summary.at_risk"), Amount: write(903250), Count: "2"}}, h.Parts...)
		}
		d.Headlines = append(d.Headlines, h)
		chart := content.Chart{Title: p.Word("summary.remaining") + " (" + string(c) + ")"}
		for i, label := range []string{"0–7", "8–30", "31–90", "> 90"} {
			minor := n * []int64{40000, 12100, 0, 6507}[i]
			chart.Bars = append(chart.Bars, content.Bar{Label: label, Amount: write(minor), Minor: minor})
		}
		d.Charts = append(d.Charts, chart)
	}
	d.Tables = []content.Table{total}
	if count > 1 {
		d.Urgent = []content.Table{{Title: p.Word("summary.lapses"), Right: []bool{true, false, false, true}, Total: true,
			Head: []string{p.Word("summary.days_left"), p.Word("column.merchant_reference"), p.Word("column.payment_method"), p.Word("summary.remaining")},
			Rows: [][]string{{"1", "FF-2026-040074", "klarna", "8\u00a0120,00"}, {"2", "FF-2026-040073", "vipps", "912,50"}, {"", "", "", "9\u00a0032,50"}}}}
	}
	return s
}
