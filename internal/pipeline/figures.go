package pipeline

import (
	"cmp"
	"maps"
	"slices"
	"strings"
)

// A Figure is a total as plain data: of one measure, in one group of one dimension, in
// one currency. Sum is in minor units; refunded, used and the like are negative.
type Figure struct {
	Dimension string // currency, method, store, day or operation
	Name      string // of the group: a store's id, a day as 2006-01-02, an operation's key; empty for currency
	Label     string // of a store that has a name
	Currency  string
	Measure   string // captured, refunded …: what the data type counts
	Count     int64
	Sum       int64
}

// dimensionWords are what the ledger calls the dimensions; those without a word are not kept.
func dimensionWords() []string {
	return []string{perCurrency: "currency", perMethod: "method", perStore: "store", perDay: "day", perOperation: "operation", perHour: "", perAge: ""}
}

// figures are the totals of a report, sorted, without those that nothing went into.
func (b *built) figures() []Figure {
	words := dimensionWords()
	sums := map[Figure]Figure{} // by themselves without count and sum; a store that changed its name is one
	for by, groups := range b.totals.groups {
		if words[by] == "" {
			continue
		}
		for g, f := range groups {
			id, label, _ := strings.Cut(g.name, "\x00")
			for i, measure := range b.shape.counted {
				sum := Figure{Dimension: words[by], Name: id, Currency: string(g.code), Measure: measure}
				key := sum
				sum.Label = max(sums[key].Label, label)                                   // of two names the same one each time
				sum.Count, sum.Sum = sums[key].Count+f.counts[i], sums[key].Sum+f.sums[i] // all of one sign, and added with a check before
				sums[key] = sum
			}
		}
	}
	maps.DeleteFunc(sums, func(_, f Figure) bool { return f.Count == 0 && f.Sum == 0 })
	return slices.SortedFunc(maps.Values(sums), func(x, y Figure) int {
		return cmp.Or(
			cmp.Compare(slices.Index(words[:], x.Dimension), slices.Index(words[:], y.Dimension)), cmp.Compare(x.Name, y.Name),
			cmp.Compare(x.Currency, y.Currency), cmp.Compare(slices.Index(b.shape.counted, x.Measure), slices.Index(b.shape.counted, y.Measure)),
		)
	})
}
