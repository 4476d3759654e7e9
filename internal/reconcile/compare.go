package reconcile

import (
	"cmp"
	"maps"
	"slices"

	"rapport/internal/money"
)

// NetDifference is ours less theirs in each currency where that is something, sorted; nil
// where it is more than 64 bits hold.
func NetDifference(ours, theirs *DailyTotals) (list []money.Amount) {
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

// Compare are sorted. Of a day of which Dintero has nothing it is one.
func Compare(ours, theirs *DailyTotals) (list []Difference) {
	known := map[int]bool{}
	for at := range theirs.sums {
		known[at.day] = true
	}
	missing := map[int]Difference{}
	differ := func(at Cell) {
		o, t := ours.sums[at], theirs.sums[at]
		switch {
		case o.agrees(t):
		case !known[at.day]:
			d := missing[at.day]
			d.Day, d.None, d.Ours.Count = ours.days.day(at.day), true, d.Ours.Count+o.Count
			missing[at.day] = d
		default:
			list = append(list, Difference{Day: ours.days.day(at.day), Refund: at.refund, Product: at.product, Currency: at.currency, Ours: o, Theirs: t})
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
	slices.SortFunc(list, func(a, b Difference) int {
		return cmp.Or(a.Day.Compare(b.Day), cmp.Compare(a.Product, b.Product), cmp.Compare(a.Currency, b.Currency), compareBools(a.Refund, b.Refund))
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
