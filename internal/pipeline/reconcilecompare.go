package pipeline

import (
	"cmp"
	"maps"
	"slices"

	"rapport/fetch"
	"rapport/internal/money"
)

// query is what the batch needs and, to compare it, the whole days of the whole account.
func (a *audit) query(batch []*build) fetch.Query {
	q := query(batch)
	if a.theirs != nil {
		q.From, q.To, q.Stores = a.days.from, a.days.to, nil
	}
	return q
}

// tally is an empty one to be filled by reading; nil where nothing is compared.
func (a *audit) tally() *tally {
	if a.theirs == nil {
		return nil
	}
	return newTally(a.days)
}

// compare sets the result.
func (a *audit) compare(ours *tally) (err error) {
	if ours == nil {
		return nil
	}
	a.result = reconciliation{verdict: agrees, days: a.days, differences: differences(ours, a.theirs)}
	if len(a.result.differences) > 0 {
		a.result.verdict = differs
		a.result.net = netDifference(ours, a.theirs)
	}
	a.result.captures, a.result.refunds, err = ours.counted()
	return err
}

// netDifference is ours less theirs in each currency where that is something, sorted; nil
// where it is more than 64 bits hold.
func netDifference(ours, theirs *tally) (list []money.Amount) {
	here, err := ours.net()
	there, err2 := theirs.net()
	if err != nil || err2 != nil {
		return nil
	}
	for code, sum := range there {
		if here[code], err = money.Sub(here[code], sum); err != nil {
			return nil
		}
	}
	for _, code := range slices.Sorted(maps.Keys(here)) {
		if here[code] != 0 {
			list = append(list, money.Amount{Minor: here[code], Currency: code})
		}
	}
	return list
}

// differences are sorted. Of a day of which Dintero has nothing it is one.
func differences(ours, theirs *tally) (list []difference) {
	known := map[int]bool{}
	for at := range theirs.sums {
		known[at.day] = true
	}
	missing := map[int]difference{}
	differ := func(at cell) {
		o, t := ours.sums[at], theirs.sums[at]
		switch {
		case o.agrees(t):
		case !known[at.day]:
			d := missing[at.day]
			d.day, d.none, d.ours.count = ours.days.day(at.day), true, d.ours.count+o.count
			missing[at.day] = d
		default:
			list = append(list, difference{day: ours.days.day(at.day), refund: at.refund, product: at.product, currency: at.currency, ours: o, theirs: t})
		}
	}
	for at := range ours.sums {
		differ(at)
	}
	for at := range theirs.sums {
		if _, both := ours.sums[at]; !both {
			differ(at)
		}
	}
	for _, d := range missing {
		list = append(list, d)
	}
	slices.SortFunc(list, func(a, b difference) int {
		return cmp.Or(a.day.Compare(b.day), cmp.Compare(a.product, b.product), cmp.Compare(a.currency, b.currency), compareBools(a.refund, b.refund))
	})
	return list
}

func compareBools(a, b bool) int {
	switch {
	case a == b:
		return 0
	case b:
		return -1
	}
	return 1
}
