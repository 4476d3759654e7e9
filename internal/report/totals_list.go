package report

import (
	"cmp"
	"slices"
)

// A Total is one figure of the totals as plain data: of one measure, in one group of one
// dimension, in one currency. Sum is in minor units; refunded, used and the like are negative.
type Total struct {
	Dimension string // currency, method, store, day or operation
	Name      string // of the group: a store's id, a day as 2006-01-02, an operation's key; empty for currency
	Label     string // of a store that has a name
	Currency  string
	Measure   string // captured, refunded …: what the data type counts
	Count     int64
	Sum       int64
}

// DimensionWords are what the ledger calls the dimensions; those without a word are not kept.
func DimensionWords() []string {
	return []string{PerCurrency: "currency", PerMethod: "method", PerStore: "store", PerDay: "day", PerOperation: "operation", PerHour: "", PerAge: "", PerProvider: "provider", PerVAT: ""}
}

// List gives the totals of a data type as plain data, sorted, without those that nothing
// went into.
func (t *Totals) List(s Layout) []Total {
	words := DimensionWords()
	var list []Total
	for by, groups := range t.Groups {
		if words[by] == "" {
			continue
		}
		for g, f := range groups {
			label := ""
			if Dimension(by) == PerStore && t.Store(g.Name) != g.Name {
				label = t.Store(g.Name)
			}
			for i, measure := range s.Ledgered {
				if f.Counts[i] != 0 || f.Sums[i] != 0 {
					list = append(list, Total{words[by], g.Name, label, string(g.Code), measure, f.Counts[i], f.Sums[i]})
				}
			}
		}
	}
	slices.SortFunc(list, func(x, y Total) int {
		return cmp.Or(
			cmp.Compare(slices.Index(words[:], x.Dimension), slices.Index(words[:], y.Dimension)), cmp.Compare(x.Name, y.Name),
			cmp.Compare(x.Currency, y.Currency), cmp.Compare(slices.Index(s.Ledgered, x.Measure), slices.Index(s.Ledgered, y.Measure)),
		)
	})
	return list
}
