package insight

import (
	"cmp"
	"net/url"
	"slices"
	"strings"
	"time"

	"rapport/internal/ledger/served"
)

// A kpiValue is one group of the events' and the status' figures. All numbers are at least 1.
type kpiValue struct {
	ProductType string `json:"payment_product_type"`
	Currency    string `json:"currency"`
	Count       int64  `json:"count"`
	Average     int64  `json:"avg_amount"`
	Sum         int64  `json:"sum_amount"`
	Date        string `json:"date"`
}

type kpiInterval struct {
	Interval string     `json:"interval"`
	Values   []kpiValue `json:"values"`
}

// eventFigures is GET …/insight/kpi/checkout-transaction-events.
func eventFigures(q *request) (any, error) {
	p := parameters{values: q.URL.Query()}
	p.choice("interval", "day")
	event := p.choice("event", "AUTHORIZE", "CAPTURE", "REFUND", "VOID")
	from := p.since("created_at_gte", true)
	if err := p.refused(); err != nil {
		return nil, err
	}
	if from.After(q.server.Now()) {
		return kpiAnswer(nil), nil
	}
	days, err := q.account.figures.of(q, event, from)
	if err != nil {
		return nil, err
	}
	return kpiAnswer(days), nil
}

// kpiAnswer is what Dintero's schema can say: a group without an amount is left out.
func kpiAnswer(days []served.DayFigure) []kpiInterval {
	values := []kpiValue{}
	for _, f := range days {
		if f.Count < 1 || f.Sum < 1 {
			continue
		}
		values = append(values, kpiValue{f.ProductType, f.Currency, f.Count, max(1, ratio(f.Sum, f.Count)), f.Sum, f.Day.UTC().Format(time.DateOnly)})
	}
	slices.SortFunc(values, func(a, b kpiValue) int {
		return cmp.Or(cmp.Compare(a.Date, b.Date), cmp.Compare(a.ProductType, b.ProductType), cmp.Compare(a.Currency, b.Currency))
	})
	return []kpiInterval{{"day", values}}
}

// ratio is a quotient rounded half away from zero; b is positive.
func ratio(a, b int64) int64 {
	quotient, rest := a/b, a%b
	switch {
	case rest >= b-rest && a >= 0:
		quotient++
	case -rest >= b+rest && a < 0:
		quotient--
	}
	return quotient
}

// parameters reads those of a query, and collects what is wrong with them.
type parameters struct {
	values url.Values
	faults []fault
}

func (p *parameters) bad(name, message string) {
	p.faults = append(p.faults, fault{Path: name, Message: message})
}

// one is a parameter that may stand there once.
func (p *parameters) one(name string, required bool) (string, bool) {
	all := p.values[name]
	switch {
	case len(all) > 1:
		p.bad(name, name+" stands there more than once")
	case len(all) == 1:
		return all[0], true
	case required:
		p.bad(name, name+" is missing")
	}
	return "", false
}

func (p *parameters) choice(name string, words ...string) string {
	s, given := p.one(name, true)
	if given && !slices.Contains(words, s) {
		p.bad(name, name+" must be "+strings.Join(words, ", "))
	}
	return s
}

// since is the UTC day that a date or an instant lies in.
func (p *parameters) since(name string, required bool) time.Time {
	s, given := p.one(name, required)
	if !given {
		return time.Time{}
	}
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02T15:04:05.999999999", time.DateOnly} {
		if t, err := time.Parse(layout, s); err == nil && t.Year() >= 1 {
			if first := time.Date(2015, 1, 1, 0, 0, 0, 0, time.UTC); t.Before(first) { // there were no payments yet
				return first
			}
			return t.UTC().Truncate(day)
		}
	}
	p.bad(name, name+" must be a date like 2026-11-19, or an instant like 2026-11-19T00:00:00Z")
	return time.Time{}
}

func (p *parameters) refused() error {
	if len(p.faults) == 0 {
		return nil
	}
	f := errBadRequest("", "%s", p.faults[0].Message)
	f.faults = p.faults
	return f
}
