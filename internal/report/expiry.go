package report

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"rapport/internal/money"
	"rapport/reportconfig"
)

// DefaultExpiry is how long authorisations live, as far as it is published (Dintero's
// knowledge base on authorisations): a card's is good for a week, whoever takes it.
func DefaultExpiry() []reportconfig.LapseLimit {
	limits := []reportconfig.LapseLimit{{Method: "vipps", Days: 7}, {Method: "klarna", Days: 28}, {Method: "collector", Days: 90}}
	for _, provider := range []string{"bambora", "dintero_psp", "payex"} {
		for _, kind := range []string{"creditcard", "applepay", "googlepay", "clicktopay", "vipps"} {
			limits = append(limits, reportconfig.LapseLimit{Method: provider + "." + kind, Days: 7})
		}
	}
	return limits
}

// expiryDays is after how many days an authorisation of a payment method cannot be captured
// any more, 0 where nobody knows. The longest method that fits counts, and of equal ones
// the first: the configuration's stand before the defaults.
func expiryDays(limits []reportconfig.LapseLimit, method string) (days int) {
	longest := -1
	for _, l := range limits {
		if (method == l.Method || strings.HasPrefix(method, l.Method+".")) && len(l.Method) > longest {
			longest, days = len(l.Method), l.Days
		}
	}
	return days
}

// A Expiring is money that cannot be captured for much longer.
type Expiring struct {
	Left                  int64 // days, begun ones too
	Id, Reference, Method string
	Remaining             money.Amount
}

// How many are named of those with least time left, and of those past their time; the sums
// know all.
const maxExpiring, maxLapsed = 12, 20

// addExpiry counts an open transaction by how long its authorisation still lives: the last
// seventh of its time is a risk.
func (t *Totals) addExpiry(l Expiring, of int64) (err error) {
	code := l.Remaining.Currency
	switch {
	case of == 0 || l.Left > (of+6)/7:
		return nil
	case l.Left <= 0:
		t.Expired[code], err = t.Expired[code].add(l.Remaining.Minor)
		t.Lapsed = insertExpiring(t.Lapsed, l, -1, maxLapsed)
	default:
		t.AtRisk[code], err = t.AtRisk[code].add(l.Remaining.Minor)
		t.Expiring = insertExpiring(t.Expiring, l, 1, maxExpiring)
	}
	if err != nil {
		return fmt.Errorf("money about to lapse: %w", err)
	}
	return nil
}

// insertExpiring keeps the first most of a list by days left, from the least or (order -1) from
// the most; then the largest amount first.
func insertExpiring(list []Expiring, l Expiring, order int, most int) []Expiring {
	at, _ := slices.BinarySearchFunc(list, l, func(x, y Expiring) int {
		return cmp.Or(order*cmp.Compare(x.Left, y.Left), cmp.Compare(y.Remaining.Minor, x.Remaining.Minor), cmp.Compare(x.Remaining.Currency, y.Remaining.Currency), cmp.Compare(x.Id, y.Id))
	})
	if at >= most {
		return list
	}
	list = slices.Insert(list, at, l)
	return list[:min(len(list), most)]
}

// lifeOf is how long an authorisation lives after at. What Dintero says of its end beats what
// is known of the payment method, which counts from when it was last authorised.
func lifeOf(s state, limit int, at time.Time) life {
	const day = 24 * time.Hour
	begun := func(d time.Duration) int64 {
		if d <= 0 {
			return int64(d / day)
		}
		return int64((d + day - 1) / day)
	}
	switch {
	case !s.expires.IsZero():
		return life{begun(s.expires.Sub(at)), max(begun(s.expires.Sub(s.renewed)), 1)}
	case limit > 0:
		return life{int64(limit) - int64(at.Sub(s.renewed)/day), int64(limit)}
	}
	return life{}
}

// An ageBucket is how old the open transactions of a line are, in days: up to to, -1 for no end.
type ageBucket struct {
	Name string
	to   int64
}

func AgeBuckets() []ageBucket {
	return []ageBucket{{"0-7", 7}, {"8-30", 30}, {"31-90", 90}, {"91-", -1}}
}

func AgeIndex(name string) int {
	return slices.IndexFunc(AgeBuckets(), func(b ageBucket) bool { return b.Name == name })
}

func ageName(days int64) string {
	for _, bucket := range AgeBuckets() {
		if days <= bucket.to || bucket.to < 0 {
			return bucket.Name
		}
	}
	return ""
}
