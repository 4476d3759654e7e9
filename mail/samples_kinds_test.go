package mail_test

import (
	"fmt"
	"strings"
	"testing"

	"rapport/internal/content"
	"rapport/internal/money"
	"rapport/locales"
	"rapport/mail"
)

// localizer writes the same sample in one of the languages.
type localizer struct{ *locales.Printer }

// or is the word of the language.
func (v localizer) or(no, en string) string {
	if v.Language() == "no" {
		return no
	}
	return en
}

func (v localizer) kr(minor int64) string {
	return v.Money(money.Amount{Minor: minor, Currency: "NOK"})
}

func (v localizer) n(minor int64) string {
	return v.Number(money.Amount{Minor: minor, Currency: "NOK"})
}

// kinds are a message of each data type in each language: as on most days, of a period
// without payments, of names that attack, and of four currencies.
func kinds(t testing.TB) map[string]mail.Message {
	t.Helper()
	all := map[string]mail.Message{}
	for _, language := range locales.Languages() {
		printer, err := locales.For(language)
		if err != nil {
			t.Fatal(err)
		}
		v := localizer{printer}
		for data, say := range map[string]func(localizer, *mail.Content){
			"transactions": transactions, "open": open, "orders": orders, "wallets": wallets,
		} {
			for kind, turn := range map[string]func(localizer, *mail.Content){
				"normal": func(localizer, *mail.Content) {}, "empty": nothing, "hostile": attack, "currencies": currencies,
			} {
				m := daily()
				m.Content = frame(v)
				say(v, &m.Content)
				turn(v, &m.Content)
				name := data + "-" + language + "-" + kind
				m.ID = mail.MessageID("fjordfisk.no", name)
				all[name] = m
			}
		}
	}
	return all
}

// frame is what every report says.
func frame(v localizer) mail.Content {
	return mail.Content{
		Language: v.Language(), Organization: "Fjordfisk AS", Number: v.or("Rapport nr. 12", "Report no. 12"),
		Period: v.or("torsdag 19. november 2026", "Thursday 19 November 2026"),
		Span:   v.or("19.11.2026 00:00 – 20.11.2026 00:00 (Europe/Oslo)", "19 Nov 2026 00:00 – 20 Nov 2026 00:00 (Europe/Oslo)"),
		Facts: []content.Fact{
			{Label: v.Word("document.account"), Value: "T12345678"},
			{Label: v.Word("document.filters"), Value: v.Word("document.no_filters")},
			{Label: v.Word("document.data_read"), Value: v.or("20.11.2026 06:00", "20 Nov 2026 06:00") + " (Europe/Oslo)"},
		},
		Footer: []string{v.Word("mail.footer", "Fjordfisk AS"), v.Word("mail.reply")},
	}
}

func transactions(v localizer, c *mail.Content) {
	c.Title = v.or("Dagsoppgjør Oslo", "Daily settlement Oslo")
	c.Subject = c.Title + ": " + v.kr(4821350)
	c.Preview = v.or("+12 % mot forrige torsdag · avstemt mot Dintero", "+12% on last Thursday · agrees with Dintero")
	c.Headlines = []content.Headline{{
		Label: v.Word("summary.net"), Amount: v.kr(4821350), Change: v.or("+12 % mot forrige torsdag", "+12% on last Thursday"),
		Parts: []content.Part{
			{Label: v.Word("summary.captured"), Amount: v.n(4946350), Count: v.Count("lead.captures", 117)},
			{Label: v.Word("summary.refunded"), Amount: v.n(-125000), Count: v.Count("lead.refunds", 3)},
			{Label: v.Word("summary.fees_known"), Amount: v.n(31250), Count: v.Count("lead.settled", 54)},
			{Label: v.Word("summary.unsettled"), Amount: v.n(1804100), Count: v.Count("lead.items", 66)},
		},
	}}
	c.Check = content.Check{State: content.Agrees, Text: v.or("Avstemt mot Dintero: 117 innløsninger og 3 refusjoner, 18.11.–19.11. (UTC)",
		"Agrees with Dintero: 117 captures and 3 refunds, 18–19 Nov (UTC)")}
	c.Remarks = []string{v.or("Bergen: ingen salg, vanligvis 41", "Bergen: no sales, usually 41")}
	c.Tables = []content.Table{{
		Title: v.or("Størst endring mot forrige torsdag", "Largest changes since last Thursday"),
		Head:  []string{v.Word("column.payment_method"), v.or("Endring", "Change"), v.or("Nå", "Now")}, Right: []bool{false, true, true},
		Rows: [][]string{{"vipps", v.n(812000), v.n(3060400)}, {"payex.creditcard", v.n(-211050), v.n(1760950)}},
	}, {
		Title: v.Word("summary.by_method"), Head: []string{v.Word("column.payment_method"), v.Word("summary.count"), v.Word("summary.captured"), v.Word("summary.net")},
		Right: []bool{false, true, true, true}, Total: true,
		Rows: [][]string{{"vipps", v.Int(81), v.n(3100400), v.n(3060400)}, {"payex.creditcard", v.Int(36), v.n(1845950), v.n(1760950)},
			{v.Word("summary.sum"), v.Int(117), v.n(4946350), v.n(4821350)}},
	}}
	c.Charts = []content.Chart{hours(v)}
	c.Notes = []string{v.Word("document.before_fees"), v.Word("document.vat_note"), v.Word("document.fees_note")}
}

// hours are those of a day on which more was refunded than sold in one.
func hours(v localizer) content.Chart {
	chart := content.Chart{Title: v.Word("chart.by_hour") + " (NOK)", Alone: true}
	for hour := range 24 {
		minor := int64(0)
		if hour > 6 && hour < 22 {
			minor = int64((hour-6)*(22-hour))*10_000 - 90_000
		}
		chart.Bars = append(chart.Bars, content.Bar{Label: fmt.Sprintf("%02d", hour), Amount: v.n(minor), Minor: minor})
	}
	return chart
}

// many is a message whose tables have so many rows.
func many(v localizer, c *mail.Content, rows int) {
	for _, tables := range [][]content.Table{c.Tables, c.Urgent} {
		for i := range tables {
			t := &tables[i]
			first := t.Rows[0]
			t.Rows, t.Total = nil, false
			for n := range rows {
				row := append([]string(nil), first...)
				row[0] += " " + v.Int(int64(n))
				t.Rows = append(t.Rows, row)
			}
		}
	}
}

func open(v localizer, c *mail.Content) {
	c.Title = v.Word("title.checkout/transactions/open")
	c.Subject = c.Title + ": " + v.kr(1289900)
	c.Headlines = []content.Headline{{
		Label: v.Word("summary.remaining"), Amount: v.kr(1289900),
		Parts: []content.Part{{Label: v.Word("summary.authorised"), Amount: v.n(1412900), Count: v.Count("lead.transactions", 9)}},
	}}
	c.Urgent = []content.Table{{
		Title: v.or("Må innløses innen tre dager", "To be captured within three days"),
		Head:  []string{v.or("Dager igjen", "Days left"), v.Word("column.merchant_reference"), v.Word("column.payment_method"), v.Word("summary.remaining")},
		Right: []bool{true, false, false, true},
		Rows:  [][]string{{"1", "FF-20441", "dintero_psp.vipps", v.kr(249900)}, {"2", "FF-20502", "klarna.klarna", v.kr(89000)}},
	}}
	c.Tables = []content.Table{{
		Title: v.Word("summary.by_store"), Head: []string{v.Word("column.store"), v.Word("summary.count"), v.Word("summary.remaining")},
		Right: []bool{false, true, true},
		Rows:  [][]string{{"Fjordfisk Torget (sc001)", v.Int(6), v.n(1040000)}, {"Fjordfisk Netthandel (sc029)", v.Int(3), v.n(249900)}},
	}}
	c.Notes = []string{v.Word("document.snapshot_note")}
}

func orders(v localizer, c *mail.Content) {
	c.Title = v.Word("title.orders/orderoperations")
	c.Subject = c.Title + ": " + v.kr(731250)
	c.Headlines = []content.Headline{{
		Label: v.Word("operation.capture"), Amount: v.kr(731250), Change: v.or("−4 % mot forrige torsdag", "−4% on last Thursday"),
		Parts: []content.Part{{Label: v.Word("operation.refund"), Amount: v.n(-20000), Count: v.Int(1)}, {Label: v.Word("operation.cancellation"), Amount: v.n(0), Count: v.Int(0)}},
	}}
	c.Tables = []content.Table{{
		Title: v.Word("summary.totals"), Head: []string{v.Word("column.currency"), v.Word("column.operation"), v.Word("summary.count"), v.Word("summary.amount")},
		Right: []bool{false, false, true, true},
		Rows:  [][]string{{"NOK", v.Word("operation.capture"), v.Int(14), v.n(731250)}, {"NOK", v.Word("operation.refund"), v.Int(1), v.n(-20000)}},
	}}
	c.Notes = []string{v.Word("document.orders_updated")}
}

func wallets(v localizer, c *mail.Content) {
	c.Title = v.Word("title.wallets/transactions")
	c.Subject = c.Title + ": " + v.kr(-45000)
	c.Headlines = []content.Headline{{
		Label: v.Word("summary.net"), Amount: v.kr(-45000),
		Parts: []content.Part{{Label: v.Word("summary.issued"), Amount: v.n(150000), Count: v.Int(3)}, {Label: v.Word("summary.used"), Amount: v.n(-195000), Count: v.Int(8)}},
	}}
	c.Tables = []content.Table{{
		Title: v.Word("summary.totals"),
		Head:  []string{v.Word("column.currency"), v.Word("summary.movements"), v.Word("summary.issued"), v.Word("summary.used"), v.Word("summary.reserved"), v.Word("summary.net")},
		Right: []bool{false, true, true, true, true, true},
		Rows:  [][]string{{"NOK", v.Int(12), v.n(150000), v.n(-195000), v.n(30000), v.n(-45000)}},
	}}
	c.Notes = []string{v.Word("document.wallet_note")}
}

// nothing is a period in which nothing happened.
func nothing(v localizer, c *mail.Content) {
	c.Lead = v.Word("document.empty")
	c.Subject, c.Preview = c.Title+": "+c.Lead, ""
	c.Headlines, c.Remarks, c.Urgent, c.Charts, c.Tables, c.Notes = nil, nil, nil, nil, nil, nil
	c.Check.Text = strings.NewReplacer("117", "0", "3 ", "0 ").Replace(c.Check.Text)
}

// attack says in every field what content must not be able to do, and at great length.
func attack(_ localizer, c *mail.Content) {
	const markup = `"'><script>alert(1)</script></td></table><img src="https://example.com/x.png"> {{.}} `
	long := strings.Repeat("Ålesund_uten_mellomrom-", 9)
	huge := "−92\u00a0233\u00a0720\u00a0368\u00a0547\u00a0758,07"
	c.Subject, c.Title, c.Organization = "x\r\nBcc: victim@example.com "+c.Subject, markup+c.Title, markup+long
	c.Number, c.Preview, c.Period = markup, "</div><h1>"+markup, c.Period+"\u202e\x00\x1b]0;x\a"
	c.Headlines = append(c.Headlines, content.Headline{Label: long, Amount: huge + "\u00a0kr", Change: long + markup,
		Parts: []content.Part{{Label: markup, Amount: huge, Count: long}}})
	c.Check = content.Check{State: content.Differs, Text: markup + long, Details: []string{markup, ".\r\n.\r\nQUIT", ""}}
	c.Remarks = append(c.Remarks, markup, long, " \t", "\xff\xfe broken")
	wide := content.Table{Title: markup, Head: []string{long, markup, "javascript:alert(1)"}, Right: []bool{false, true},
		Rows: [][]string{{long, huge, huge, huge}, {markup}, {"--=_1_boundary", huge, ""}}, Total: true}
	c.Urgent, c.Tables = append(c.Urgent, wide), append(c.Tables, wide)
	c.Charts = append(c.Charts, content.Chart{Title: markup, Bars: []content.Bar{{Label: long, Amount: huge, Minor: -1 << 63}, {Label: markup, Amount: markup, Minor: 1<<63 - 1}}})
	c.Facts = append(c.Facts, content.Fact{Label: long, Value: markup})
	c.Notes = append(c.Notes, markup, "expression(alert(1)) url(https://example.com) "+long)
	c.Footer = append(c.Footer, "-- ", markup)
}

// currencies are the figures of four, which are never added.
func currencies(v localizer, c *mail.Content) {
	four := []struct {
		code   string
		amount int64
	}{{"NOK", 134821350}, {"SEK", 9702000}, {"EUR", 224090}, {"JPY", 12000}}
	first := c.Headlines[0]
	c.Headlines = nil
	totals := content.Table{Title: v.Word("summary.totals"), Head: []string{v.Word("column.currency"), v.Word("summary.captures"), v.Word("summary.captured"),
		v.Word("summary.refunds"), v.Word("summary.refunded"), v.Word("summary.net")}, Right: []bool{false, true, true, true, true, true}}
	for i, m := range four {
		n := func(minor int64) string {
			return v.Number(money.Amount{Minor: minor, Currency: money.Currency(m.code)})
		}
		h := content.Headline{Label: first.Label, Amount: m.code + "\u00a0" + n(m.amount), Parts: []content.Part{
			{Label: v.Word("summary.captured"), Amount: n(m.amount + 100), Count: v.Count("lead.captures", int64(1000/(i+1)))},
			{Label: v.Word("summary.refunded"), Amount: n(-100), Count: v.Count("lead.refunds", 1)}}}
		if i == 0 {
			h.Change = first.Change
		}
		c.Headlines = append(c.Headlines, h)
		totals.Rows = append(totals.Rows, []string{m.code, v.Int(int64(1000 / (i + 1))), n(m.amount + 100), v.Int(1), n(-100), n(m.amount)})
	}
	c.Subject = c.Title + ": " + v.n(four[0].amount) + v.or(" kr og 3 valutaer til", " and 3 more currencies")
	c.Tables = append([]content.Table{totals}, c.Tables...)
	if c.Check.State == content.Agrees {
		c.Check = content.Check{State: content.Differs, Text: v.or("Avvik mot Dintero", "Differs from Dintero"), Details: []string{
			v.or("18.11. (UTC), vipps, NOK: 1 000 innløsninger her, 1 001 hos Dintero; ", "18 Nov (UTC), vipps, NOK: 1,000 captures here, 1,001 at Dintero; ") + v.n(134821450) + " / " + v.n(134831450)}}
		return
	}
	c.Check = content.Check{State: content.NotChecked, Text: v.or("Ikke avstemt: Dintero har ingen tall å sammenligne med", "Not reconciled: Dintero has no figures to compare with")}
}
