package render

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"rapport/internal/content"
	"rapport/internal/money"
)

const transactionColumns = `
time time 1
type text 1
transaction_id text 2
merchant_reference text 1
merchant_reference_2 text 9
event_reference text 8
payment_provider text 6
payment_method text 2
card_brand text 7
store_id text 9
store text 4
seller text 8
status text 5
currency text 2
captured money 3
refunded money 3
net money 1
vat money 6
fee money 4
settlement_id text 9`

func transactions(t testing.TB, language string, count int, currencies ...money.Currency) sample {
	p := printer(t, language)
	random := rand.New(rand.NewPCG(1, 2))
	s := sample{document: document(p, "checkout/transactions")}
	s.document.Columns = columnsOf(p, transactionColumns)
	at := s.document.Created.Add(-30*time.Hour + 7*time.Hour)
	methods := []string{"vipps", "payex.creditcard", "klarna", "swish", "bambora.creditcard"}
	providers := []string{"vipps", "payex", "klarna", "swish", "bambora"}
	for i := range count {
		at = at.Add(time.Duration(random.IntN(50000*1000/max(count, 1))) * time.Millisecond)
		m := random.IntN(len(methods))
		currency := currencies[i%len(currencies)]
		digits, _ := currency.Decimals()
		captured, refunded := int64(random.IntN(3000)+49), int64(0)
		for range digits {
			captured = captured*10 + int64(random.IntN(2))*5
		}
		kind, status := "operation.capture", "status.CAPTURED"
		if i%11 == 7 {
			captured, refunded, kind, status = 0, -captured, "operation.refund", "status.PARTIALLY_REFUNDED"
		}
		brand, fee := content.Value{}, content.MoneyOf((captured+refunded)*3/200, currency)
		if strings.HasSuffix(methods[m], "creditcard") {
			brand = content.TextOf([]string{"Visa", "Mastercard"}[random.IntN(2)])
		}
		s.rows = append(s.rows, []content.Value{
			content.TimeOf(at), content.TextOf(p.Word(kind)), content.TextOf("T12345678." + id(random, 22)), content.TextOf(fmt.Sprintf("FF-2026-%06d", 41000+i)), {}, {},
			content.TextOf(p.WordOr("provider."+providers[m], providers[m])), content.TextOf(methods[m]), brand, content.TextOf("sc029"), content.TextOf("Fjordfisk Mathallen"), {},
			content.TextOf(p.Word(status)), content.TextOf(string(currency)), content.MoneyOf(captured, currency), content.MoneyOf(refunded, currency),
			content.MoneyOf(captured+refunded, currency), content.MoneyOf((captured+refunded)/5, currency), fee, content.TextOf("2026-11-20-" + id(random, 6)),
		})
	}
	s.document.Tables = totals(p, currencies, count)
	answer(&s.document, count, currencies)
	return s
}

// week spreads rows over the days of a week.
func week(t testing.TB) sample {
	s := transactions(t, "no", 160, "NOK", "SEK")
	for i := range s.rows {
		s.rows[i][0].Time = s.rows[i][0].Time.AddDate(0, 0, i*i*7/(161*160)-6)
	}
	return s
}

func elsewhere(t testing.TB) sample {
	s := transactions(t, "no", 400, "NOK")
	s.document.RowsElsewhere = s.document.Printer.Word("document.rows_in_csv", "24 816")
	s.rows = s.rows[:0]
	return s
}

// monthly is a month with a table of 31 days.
func monthly(t testing.TB) sample {
	s := transactions(t, "no", 90, "NOK")
	p := s.document.Printer
	from := time.Date(2026, 10, 1, 0, 0, 0, 0, oslo)
	s.document.Title = "Månedsoppgjør"
	s.document.Period, s.document.Span = p.Period("monthly", from, from.AddDate(0, 1, 0)), p.Span(from, from.AddDate(0, 1, 0), "Europe/Oslo")
	days := content.Table{Title: p.Word("summary.by_day"), Head: []string{p.Word("summary.day"), p.Word("summary.count"), p.Word("summary.captured"), p.Word("summary.refunded"), p.Word("summary.net")},
		Right: []bool{false, true, true, true, true}, Total: true}
	var count, captured, refunded int64
	write := func(name string, n, c, r int64) {
		number := func(minor int64) string { return p.Number(money.Amount{Minor: minor, Currency: "NOK"}) }
		days.Rows = append(days.Rows, []string{name, p.Int(n), number(c), number(r), number(c + r)})
	}
	for d := range 31 {
		n := int64(20 + d*7%13)
		write(p.ShortDay(from.AddDate(0, 0, d)), n, n*61350, -n*4925)
		count, captured, refunded = count+n, captured+n*61350, refunded-n*4925
	}
	write(p.Word("summary.totals"), count, captured, refunded)
	s.document.Charts = []content.Chart{monthChart(&s.document, from)}
	s.document.Tables = append(s.document.Tables, days)
	for i := range s.rows {
		s.rows[i][10] = content.TextOf([]string{"Fjordfisk Mathallen", "Fjordfisk Tjuvholmen", "Fjordfisk Bjørvika"}[i%3])
	}
	return s
}
