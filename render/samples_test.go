package render

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"rapport/internal/money"
	"rapport/locales"
)

// A sample is a document as the pipeline would ask for it.
type sample struct {
	document Document
	rows     [][]Value
}

var oslo = time.FixedZone("CET", 3600)

func printer(t testing.TB, language string) *locales.Printer {
	t.Helper()
	p, err := locales.For(language)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func render(t testing.TB, s sample, watch func(mark)) []byte {
	t.Helper()
	var out bytes.Buffer
	e, err := NewPDF(&out, s.document)
	if err != nil {
		t.Fatal(err)
	}
	e.(*pdfEncoder).watch = watch
	for _, row := range s.rows {
		if err := e.Row(row...); err != nil {
			t.Fatal(err)
		}
	}
	if err := e.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// samples are the documents that are compared with golden files, looked at and measured.
func samples(t testing.TB) map[string]sample {
	return map[string]sample{
		"normal":     transactions(t, "no", 60, "NOK"),
		"english":    transactions(t, "en", 60, "NOK"),
		"empty":      transactions(t, "no", 0, "NOK"),
		"one":        transactions(t, "no", 1, "NOK"),
		"many":       transactions(t, "no", 3000, "NOK"),
		"currencies": transactions(t, "no", 40, "NOK", "SEK", "EUR", "ISK"),
		"elsewhere":  elsewhere(t),
		"monthly":    monthly(t),
		"wallets":    wallets(t),
		"open":       openTransactions(t),
		"hostile":    hostile(t),
		"week":       week(t),
	}
}

// columnsOf are columns by the key of their word, kind and rank: "net money 1".
func columnsOf(p *locales.Printer, list string) []Column {
	kinds := map[string]Kind{"text": Text, "time": Time, "money": Money, "integer": Integer, "decimal": Decimal}
	var columns []Column
	for line := range strings.SplitSeq(strings.TrimSpace(list), "\n") {
		var key, kind string
		var rank int
		fmt.Sscan(line, &key, &kind, &rank)
		columns = append(columns, Column{Title: p.Word("column." + key), Kind: kinds[kind], Rank: rank,
			Day: key == "time", Sum: kind == "money" && slices.Contains([]string{"captured", "refunded", "net", "fee", "amount", "remaining"}, key)})
	}
	return columns
}

func document(p *locales.Printer, data string) Document {
	from := time.Date(2026, 11, 19, 0, 0, 0, 0, oslo)
	return Document{
		Printer:      p,
		Organization: Organization{Name: "Fjordfisk AS", Number: "940155223"},
		Title:        "Dagsoppgjør Oslo",
		Subtitle:     p.Word("title." + data),
		Period:       p.Period("daily", from, from.AddDate(0, 0, 1)),
		Span:         p.Span(from, from.AddDate(0, 0, 1), "Europe/Oslo"),
		Facts: []Fact{
			{p.Word("document.account"), "T12345678"},
			{p.Word("document.filters"), p.Word("filter.store_id") + " sc029"},
			{p.Word("document.data_read"), p.DateTime(from.Add(30 * time.Hour))},
		},
		Notes:   []string{p.Word("document.before_fees"), p.Word("document.vat_note")},
		Empty:   p.Word("document.empty"),
		Created: from.Add(30*time.Hour + 12*time.Second),
	}
}

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

const letters = "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789"

func id(random *rand.Rand, n int) string {
	b := make([]byte, n)
	for i := range b {
		b[i] = letters[random.IntN(len(letters))]
	}
	return string(b)
}

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
		brand, fee := Value{}, MoneyOf((captured+refunded)*3/200, currency)
		if strings.HasSuffix(methods[m], "creditcard") {
			brand = TextOf([]string{"Visa", "Mastercard"}[random.IntN(2)])
		}
		s.rows = append(s.rows, []Value{
			TimeOf(at), TextOf(p.Word(kind)), TextOf("T12345678." + id(random, 22)), TextOf(fmt.Sprintf("FF-2026-%06d", 41000+i)), {}, {},
			TextOf(p.WordOr("provider."+providers[m], providers[m])), TextOf(methods[m]), brand, TextOf("sc029"), TextOf("Fjordfisk Mathallen"), {},
			TextOf(p.Word(status)), TextOf(string(currency)), MoneyOf(captured, currency), MoneyOf(refunded, currency),
			MoneyOf(captured+refunded, currency), MoneyOf((captured+refunded)/5, currency), fee, TextOf("2026-11-20-" + id(random, 6)),
		})
	}
	s.document.Tables = totals(p, currencies, count)
	answer(&s.document, count, currencies)
	return s
}

func totals(p *locales.Printer, currencies []money.Currency, count int) []Table {
	word := func(key string) string { return p.Word("summary." + key) }
	amount := func(minor int64, c money.Currency) string { return p.Number(money.Amount{Minor: minor, Currency: c}) }
	right := []bool{false, true, true, true, true, true}
	total := Table{Title: word("totals"), Right: right,
		Head: []string{p.Word("column.currency"), word("captures"), word("captured"), word("refunds"), word("refunded"), word("net")}}
	method := Table{Title: word("by_method"), Right: right[:5], Head: []string{p.Word("column.payment_method"), word("count"), word("captured"), word("refunded"), word("net")}}
	store := Table{Title: word("by_store"), Right: right[:5], Head: []string{p.Word("column.store"), word("count"), word("captured"), word("refunded"), word("net")}}
	for i, c := range currencies {
		n := int64(count)
		total.Rows = append(total.Rows, []string{string(c), p.Int(n - n/11), amount(n*98345, c), p.Int(n / 11), amount(-n*9120, c), amount(n*89225, c)})
		if count == 0 {
			continue
		}
		for k, m := range []string{"vipps", "payex.creditcard", "klarna", "swish"} {
			if i == 0 || k < 2 {
				name := m
				if len(currencies) > 1 {
					name += " " + string(c)
				}
				method.Rows = append(method.Rows, []string{name, p.Int(n / 4), amount(n*24586, c), amount(-n*2280, c), amount(n*22306, c)})
			}
		}
		store.Rows = append(store.Rows, []string{"Fjordfisk Mathallen " + string(c), p.Int(n), amount(n*98345, c), amount(-n*9120, c), amount(n*89225, c)})
	}
	if count == 0 {
		return []Table{total}
	}
	if len(currencies) == 1 {
		method.Total = true
		n, c := int64(count), currencies[0]
		method.Rows = append(method.Rows, []string{word("totals"), p.Int(n), amount(n*98345, c), amount(-n*9120, c), amount(n*89225, c)})
	}
	return []Table{total, method, store}
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
	days := Table{Title: p.Word("summary.by_day"), Head: []string{p.Word("summary.day"), p.Word("summary.count"), p.Word("summary.captured"), p.Word("summary.refunded"), p.Word("summary.net")},
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
	s.document.Charts = []Chart{monthChart(&s.document, from)}
	s.document.Tables = append(s.document.Tables, days)
	for i := range s.rows {
		s.rows[i][10] = TextOf([]string{"Fjordfisk Mathallen", "Fjordfisk Tjuvholmen", "Fjordfisk Bjørvika"}[i%3])
	}
	return s
}

func wallets(t testing.TB) sample {
	p := printer(t, "no")
	random := rand.New(rand.NewPCG(3, 4))
	s := sample{document: document(p, "wallets/transactions")}
	s.document.Title, s.document.Facts[1].Value = "Gavekort uke 47", p.Word("document.no_filters")
	s.document.Columns = columnsOf(p, "time time 1\ntype text 1\ntransaction_id text 3\ncard_id text 1\nreference text 2\nparent_id text 5\noriginated_by text 4\ncurrency text 2\namount money 1")
	for i := range 45 {
		kind, amount := "wallet.fund", int64(50000+random.IntN(10)*10000)
		if i%3 != 0 {
			kind, amount = "wallet.drawdown", -int64(random.IntN(40000))
		}
		s.rows = append(s.rows, []Value{TimeOf(s.document.Created.Add(time.Duration(i-90) * 7 * time.Minute)), TextOf(p.Word(kind)), TextOf(uuid(random)),
			TextOf("gk-" + id(random, 8)), TextOf(fmt.Sprintf("ordre-%d", 88120+i)), {}, TextOf([]string{"kasse 1", "kasse 2", "nettbutikk"}[i%3]), TextOf("NOK"), MoneyOf(amount, "NOK")})
	}
	s.document.Tables = []Table{{Title: p.Word("summary.totals"), Right: []bool{false, true, true, true},
		Head: []string{p.Word("column.currency"), p.Word("summary.issued"), p.Word("summary.used"), p.Word("summary.net")},
		Rows: [][]string{{"NOK", "14 500,00", "\u22126 212,40", "8 287,60"}}}}
	s.document.Headlines = []Headline{{Label: "Netto", Amount: "8 287,60 kr", Parts: []Part{{"Påfyll", "14 500,00 kr", "15 påfyll"}, {"Brukt", "\u22126 212,40 kr", "30 kjøp"}, {"Saldo", "91 400,00 kr", "88 kort"}}}}
	s.document.Check = Check{State: NotChecked, Text: "Ikke kontrollert mot Dintero"}
	s.document.Charts = []Chart{monthChart(&s.document, s.document.Created)}
	s.document.Charts[0].Bars = s.document.Charts[0].Bars[:7]
	return s
}

func uuid(random *rand.Rand) string {
	s := fmt.Sprintf("%016x%016x", random.Uint64(), random.Uint64())
	return s[:8] + "-" + s[8:12] + "-" + s[12:16] + "-" + s[16:20] + "-" + s[20:]
}

func openTransactions(t testing.TB) sample {
	p := printer(t, "no")
	random := rand.New(rand.NewPCG(5, 6))
	s := sample{document: document(p, "checkout/transactions/open")}
	s.document.Title, s.document.Organization.Logo = "Åpne reservasjoner", logoPNG(t)
	s.document.Notes = []string{p.Word("document.snapshot_note")}
	s.document.Columns = columnsOf(p, "authorised time 1\nage integer 1\ntransaction_id text 2\nmerchant_reference text 1\nmerchant_reference_2 text 9\npayment_provider text 6\npayment_method text 3\ncard_brand text 7\nstore_id text 9\nstore text 4\nseller text 8\nstatus text 3\ncurrency text 2\nauthorised_amount money 1\ncaptured money 2\nrefunded money 5\nremaining money 1")
	for i := range 34 {
		amount := int64(random.IntN(900000) + 9900)
		captured := int64(0)
		if i%4 == 1 {
			captured = amount / 3
		}
		s.rows = append(s.rows, []Value{TimeOf(s.document.Created.AddDate(0, 0, -i)), IntegerOf(int64(i)), TextOf("T12345678." + id(random, 22)),
			TextOf(fmt.Sprintf("FF-2026-%06d", 40100-i)), TextOf("faktura " + id(random, 5)), TextOf("Klarna"), TextOf("klarna"), {}, TextOf("sc029"), TextOf("Fjordfisk Mathallen"), {},
			TextOf(p.Word([]string{"status.AUTHORIZED", "status.PARTIALLY_CAPTURED"}[min(captured, 1)])), TextOf("NOK"), MoneyOf(amount, "NOK"), MoneyOf(captured, "NOK"), MoneyOf(0, "NOK"), MoneyOf(amount-captured, "NOK")})
	}
	s.document.Tables = []Table{{Title: p.Word("summary.totals"), Right: []bool{false, true, true, true, true},
		Head: []string{p.Word("column.currency"), p.Word("summary.count"), p.Word("summary.authorised"), p.Word("summary.captured"), p.Word("summary.remaining")},
		Rows: [][]string{{"NOK", "34", "154 420,11", "12 913,08", "141 507,03"}}}}
	s.document.Headlines = []Headline{{Label: "Gjenstående", Amount: "141 507,03 kr", Parts: []Part{{"Autorisert", "154 420,11 kr", "34 transaksjoner"}, {"Innløst", "12 913,08 kr", "9 delvis"}}}}
	s.document.Urgent = []Table{{Title: "Utløper snart", Right: []bool{false, false, false, true, true}, Head: []string{"Siste frist", "Ordrereferanse", "Betalingsmåte", "Dager igjen", "Gjenstående"},
		Rows: [][]string{{"fre. 20.11.", "FF-2026-040074", "klarna", "1", "8 120,00"}, {"lør. 21.11.", "FF-2026-040073", "vipps", "2", "912,50"}, {"Totalt", "", "", "", "9 032,50"}}, Total: true}}
	s.document.Charts = []Chart{{"Gjenstående etter alder", []Bar{{"0–2 dager", "40 000,00 kr", 4000000}, {"3–5 dager", "21 000,00 kr", 2100000}, {"6–7 dager", "9 000,00 kr", 900000}, {"8–28 dager", "65 000,00 kr", 6500000}, {"over 28 dager", "6 507,03 kr", 650703}}}}
	s.document.Number, s.document.Program = "Rapport nr. 128", "Rapport 1.2.0"
	return s
}
