package pipeline

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"rapport/internal/money"
	"rapport/locales"
	"rapport/reportconfig"
)

// defaultLapse is how long authorisations live, as far as it is published (Dintero's
// knowledge base on authorisations): a card's is good for a week, whoever takes it.
func defaultLapse() []reportconfig.LapseLimit {
	limits := []reportconfig.LapseLimit{{Method: "vipps", Days: 7}, {Method: "klarna", Days: 28}, {Method: "collector", Days: 90}}
	for _, provider := range []string{"bambora", "dintero_psp", "payex"} {
		for _, kind := range []string{"creditcard", "applepay", "googlepay", "clicktopay", "vipps"} {
			limits = append(limits, reportconfig.LapseLimit{Method: provider + "." + kind, Days: 7})
		}
	}
	return limits
}

// lapseLimit is after how many days an authorisation of a payment method cannot be captured
// any more, 0 where nobody knows. The longest method that fits counts, and of equal ones
// the first: the configuration's stand before the defaults.
func lapseLimit(limits []reportconfig.LapseLimit, method string) (days int) {
	longest := -1
	for _, l := range limits {
		if (method == l.Method || strings.HasPrefix(method, l.Method+".")) && len(l.Method) > longest {
			longest, days = len(l.Method), l.Days
		}
	}
	return days
}

// A lapse is money that cannot be captured for much longer.
type lapse struct {
	left                  int64 // days, begun ones too
	id, reference, method string
	remaining             money.Amount
}

// A risk is money in one currency, in minor units, and how many authorisations it is.
type risk struct{ count, sum int64 }

func (r *risk) add(minor int64) (err error) {
	r.count++
	if r.sum, err = money.Add(r.sum, minor); err != nil {
		return fmt.Errorf("money about to lapse: %w", err)
	}
	return nil
}

// mostLapses is how many are named; the sums know all.
const mostLapses = 12

// age counts an open transaction by how long its authorisation still lives: the last
// seventh of its time is a risk.
func (t *totals) age(l lapse, limit int) error {
	if limit == 0 {
		return nil
	}
	code := l.remaining.Currency
	switch {
	case l.left <= 0:
		r := t.lapsed[code]
		err := r.add(l.remaining.Minor)
		t.lapsed[code] = r
		return err
	case l.left > int64(limit+6)/7:
		return nil
	}
	r := t.atRisk[code]
	err := r.add(l.remaining.Minor)
	t.atRisk[code] = r
	at, _ := slices.BinarySearchFunc(t.lapses, l, func(x, y lapse) int {
		return cmp.Or(cmp.Compare(x.left, y.left), cmp.Compare(y.remaining.Minor, x.remaining.Minor), cmp.Compare(x.remaining.Currency, y.remaining.Currency), cmp.Compare(x.id, y.id))
	})
	t.lapses = slices.Insert(t.lapses, at, l)
	t.lapses = t.lapses[:min(len(t.lapses), mostLapses)]
	return err
}

// lapses is the table of money about to lapse, what has least time left first.
func (fs *Figures) lapses() []table {
	if len(fs.totals.lapses) == 0 {
		return nil
	}
	words := fs.words
	out := table{Title: words.Word("summary.lapses"), Right: []bool{true, false, false, true}, Head: []string{
		words.Word("summary.days_left"), words.Word("column.merchant_reference"), words.Word("column.payment_method"), words.Word("column.remaining"),
	}}
	var all int64
	for _, r := range fs.totals.atRisk {
		all += r.count
	}
	for _, l := range fs.totals.lapses {
		out.Rows = append(out.Rows, []string{words.Int(l.left), cmp.Or(l.reference, l.id), l.method, fs.amount(l.remaining)})
	}
	if more := all - int64(len(fs.totals.lapses)); more > 0 {
		out.Rows = append(out.Rows, []string{"", words.Word("document.more", words.Int(more)), "", ""})
	}
	return []table{out}
}

// riskAmounts says how much is at risk: "12 300,00 kr går snart ut".
func (fs *Figures) riskAmounts(words *locales.Printer) string {
	var parts []string
	for _, g := range fs.currencies() {
		if r := fs.totals.atRisk[g.code]; r.count > 0 {
			parts = append(parts, fs.amount(money.Amount{Minor: r.sum, Currency: g.code}))
		}
	}
	if len(parts) == 0 {
		return ""
	}
	if more := len(parts) - 1; more > 0 {
		parts = []string{parts[0], words.Count("subject.more_currencies", int64(more))}
	}
	return words.Word("subject.at_risk", strings.Join(parts, " "))
}

// An ageBucket is how old the open transactions of a line are, in days: up to to, -1 for no end.
type ageBucket struct {
	name string
	to   int64
}

func ageBuckets() []ageBucket {
	return []ageBucket{{"0-7", 7}, {"8-30", 30}, {"31-90", 90}, {"91-", -1}}
}

func ageIndex(name string) int {
	return slices.IndexFunc(ageBuckets(), func(b ageBucket) bool { return b.name == name })
}

func ageName(days int64) string {
	for _, bucket := range ageBuckets() {
		if days <= bucket.to || bucket.to < 0 {
			return bucket.name
		}
	}
	return ""
}
