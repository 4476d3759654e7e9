package render

import (
	"fmt"
	"time"

	"rapport/internal/content"
	"rapport/internal/money"
	"rapport/locales"
)

func totals(p *locales.Printer, currencies []money.Currency, count int) []content.Table {
	word := func(key string) string { return p.Word("summary." + key) }
	amount := func(minor int64, c money.Currency) string { return p.Number(money.Amount{Minor: minor, Currency: c}) }
	right := []bool{false, true, true, true, true, true}
	total := content.Table{Title: word("totals"), Right: right,
		Head: []string{p.Word("column.currency"), word("captures"), word("captured"), word("refunds"), word("refunded"), word("net")}}
	method := content.Table{Title: word("by_method"), Right: right[:5], Head: []string{p.Word("column.payment_method"), word("count"), word("captured"), word("refunded"), word("net")}}
	store := content.Table{Title: word("by_store"), Right: right[:5], Head: []string{p.Word("column.store"), word("count"), word("captured"), word("refunded"), word("net")}}
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
		return []content.Table{total}
	}
	if len(currencies) == 1 {
		method.Total = true
		n, c := int64(count), currencies[0]
		method.Rows = append(method.Rows, []string{word("totals"), p.Int(n), amount(n*98345, c), amount(-n*9120, c), amount(n*89225, c)})
	}
	return []content.Table{total, method, store}
}

// answer fills the first page of a sample of transactions.
func answer(d *Document, count int, currencies []money.Currency) {
	p := d.Printer
	n := int64(count)
	norwegian := p.DecimalMark() == ","
	say := func(no, en string) string {
		if norwegian {
			return no
		}
		return en
	}
	d.Number = say("Rapport nr. 128", "Report no. 128")
	d.Previous = p.Word("document.previous", "3fa90c11d2e4")
	d.Program = "Rapport 1.2.0"
	for i, c := range currencies {
		amount := func(minor int64) string {
			if len(currencies) > 1 {
				return p.MoneyByCode(money.Amount{Minor: minor, Currency: c})
			}
			return p.Money(money.Amount{Minor: minor, Currency: c})
		}
		h := content.Headline{Label: p.Word("summary.net"), Amount: amount(n * 89225), Change: say("+12 % mot forrige torsdag", "+12 % on the Thursday before"), Parts: []content.Part{
			{Label: p.Word("summary.captured"), Amount: amount(n * 98345), Count: say(fmt.Sprint(count-count/11, " innløsninger"), fmt.Sprint(count-count/11, " captures"))},
			{Label: p.Word("summary.refunded"), Amount: amount(-n * 9120), Count: say(fmt.Sprint(count/11, " refusjoner"), fmt.Sprint(count/11, " refunds"))},
		}}
		if count == 0 || i > 1 {
			h.Change = ""
		}
		d.Headlines = append(d.Headlines, h)
		chart := content.Chart{Title: say("Netto per time, ", "Net by hour, ") + string(c)}
		for hour := range 24 {
			minor := int64((hour*7919%11)*(24-hour)*hour*170) * min(n, 1)
			if hour == 9 && i == 0 {
				minor = -minor / 3
			}
			chart.Bars = append(chart.Bars, content.Bar{Label: fmt.Sprintf("%02d", hour), Amount: amount(minor), Minor: minor})
		}
		if count > 0 {
			d.Charts = append(d.Charts, chart)
		}
	}
	switch {
	case count == 0:
		d.Check = content.Check{State: content.NotChecked, Text: say("Ikke kontrollert mot Dintero", "Not checked against Dintero")}
	case len(currencies) > 1:
		d.Check = content.Check{State: content.Differs, Text: say("Stemmer ikke med Dintero", "Differs from Dintero"), Details: []string{
			say("SEK innløst: 10 her, 11 hos Dintero; 983,45 kr mangler.", "SEK captured: 10 here, 11 at Dintero; SEK 983.45 is missing.")}}
	default:
		d.Check = content.Check{State: content.Agrees, Text: say("Avstemt mot Dintero", "Agrees with Dintero")}
	}
	if count > 1 {
		d.Remarks = []string{say("Fjordfisk Bjørvika: ingen salg, vanligvis 41 på en torsdag.", "Fjordfisk Bjørvika: no sales, usually 41 on a Thursday."),
			say("En refusjon på 3 120,00 kr er større enn noen på 90 dager (FF-2026-041007).", "A refund of NOK 3,120.00 is larger than any in 90 days (FF-2026-041007).")}
	}
}

// monthChart is a month's bars.
func monthChart(d *Document, from time.Time) content.Chart {
	c := content.Chart{Title: d.Printer.Word("summary.net") + " " + d.Printer.Word("summary.day")}
	for i := range 31 {
		minor := int64(20+i*7%13) * 56425
		if i%9 == 4 {
			minor = -minor / 4
		}
		c.Bars = append(c.Bars, content.Bar{Label: from.AddDate(0, 0, i).Format("2."), Amount: d.Printer.Money(money.Amount{Minor: minor, Currency: "NOK"}), Minor: minor})
	}
	return c
}
