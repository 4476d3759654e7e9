package render

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"rapport/internal/content"
	"rapport/internal/money"
)

const walletColumns = `
time time 1
type text 1
transaction_id text 3
card_id text 1
reference text 2
parent_id text 5
originated_by text 4
currency text 2
amount money 1`

// wallets are the gift cards of a few days.
func wallets(t testing.TB, language string, count int, currencies ...money.Currency) sample {
	p := printer(t, language)
	random := rand.New(rand.NewPCG(3, 4))
	s := sample{document: document(p, "wallets/transactions")}
	d := &s.document
	d.Title, d.Facts[1].Value, d.Empty = "Gavekort uke 47", p.Word("document.no_filters"), p.Word("document.empty_wallets")
	d.Columns = columnsOf(p, walletColumns)
	d.Check = content.Check{State: content.NotChecked, Text: "Ikke kontrollert mot Dintero"}
	for i := range count {
		currency := currencies[i%len(currencies)]
		kind, amount := "wallet.fund", int64(50000+random.IntN(10)*10000)
		if i%3 != 0 {
			kind, amount = "wallet.drawdown", -int64(random.IntN(40000))
		}
		s.rows = append(s.rows, []content.Value{content.TimeOf(d.Created.Add(time.Duration(i-count) * 47 * time.Minute)), content.TextOf(p.Word(kind)), content.TextOf(uuid(random)),
			content.TextOf("gk-" + id(random, 8)), content.TextOf(fmt.Sprintf("ordre-%d", 88120+i)), {}, content.TextOf([]string{"kasse 1", "kasse 2", "nettbutikk"}[i%3]), content.TextOf(string(currency)), content.MoneyOf(amount, currency)})
	}
	n := int64(count)
	total := content.Table{Title: p.Word("summary.totals"), Right: []bool{false, true, true, true},
		Head: []string{p.Word("column.currency"), p.Word("summary.issued"), p.Word("summary.used"), p.Word("summary.net")}}
	for _, c := range currencies {
		write := func(minor int64) string { return p.Number(money.Amount{Minor: minor, Currency: c}) }
		total.Rows = append(total.Rows, []string{string(c), write(n * 32222), write(-n * 13805), write(n * 18417)})
		d.Headlines = append(d.Headlines, content.Headline{Label: p.Word("summary.net"), Amount: p.MoneyByCode(money.Amount{Minor: n * 18417, Currency: c}), Parts: []content.Part{
			{Label: p.Word("summary.issued"), Amount: write(n * 32222), Count: ""}, {Label: p.Word("summary.used"), Amount: write(-n * 13805), Count: ""}, {Label: p.Word("summary.reserved"), Amount: write(n * 9110), Count: ""}}})
		chart := content.Chart{Title: p.Word("summary.net") + " (" + string(c) + ")"}
		for i := range 7 {
			minor := n * int64(i*i*31%17-6) * 1000
			chart.Bars = append(chart.Bars, content.Bar{Label: p.ShortDay(d.Created.AddDate(0, 0, i)), Amount: write(minor), Minor: minor})
		}
		d.Charts = append(d.Charts, chart)
	}
	d.Tables = []content.Table{total}
	return s
}
