package statement

import (
	"cmp"
	"maps"
	"slices"

	"rapport/internal/report"
)

// minUsual is how many rows a payment method must usually have for its absence to be odd.
const minUsual = 5

// missing names the stores, and the payment methods that are much used, that had money
// captured in each of the comparable periods before, and have none now. It needs all of
// those periods: of fewer nothing is said to be usual.
func (fs *Figures) missing(m Previous) []string {
	if len(m.Periods) < comparedPeriods || !fs.Layout.Income {
		return nil
	}
	var out []string
	for _, look := range []struct {
		by    report.Dimension
		least int64
		word  string
	}{{report.PerStore, 1, "remark.store_missing"}, {report.PerMethod, minUsual, "remark.method_missing"}} {
		here := map[string]bool{}
		usual, labels := usual(m, report.DimensionWords()[look.by], fs.Layout.Ledgered[0])
		for g, f := range fs.Totals.Groups[look.by] {
			here[g.Name] = here[g.Name] || f.Counts[0] > 0
			labels[g.Name] = fs.groupLabel(g.Name, look.by)
		}
		for name, label := range labels {
			labels[name] = cmp.Or(report.StoreLabel(label), fs.groupLabel(name, look.by))
		}
		fs.tellApart(labels)
		for _, name := range slices.Sorted(maps.Keys(usual)) {
			if usual[name] >= look.least && !here[name] && name != "" {
				out = append(out, fs.Words.Word(look.word, cmp.Or(labels[name], name), fs.Words.Int(usual[name])))
			}
		}
	}
	return out
}

// usual is the median number of rows of each group that had some in every period before,
// and what people call the group.
func usual(m Previous, dimension, measure string) (counts map[string]int64, labels map[string]string) {
	each, labels := map[string][]int64{}, map[string]string{}
	for i, p := range m.Periods {
		sums, names := map[string]int64{}, map[string]string{}
		for key, t := range p { // in each currency
			if key.Dimension == dimension && key.Measure == measure && t.Count > 0 {
				sums[key.Name] += t.Count
				names[key.Name] = max(names[key.Name], t.Label)
			}
		}
		for name, label := range names {
			labels[name] = cmp.Or(labels[name], label) // the newest
		}
		for name, n := range sums {
			if len(each[name]) == i {
				each[name] = append(each[name], n)
			}
		}
	}
	counts = map[string]int64{}
	for name, list := range each {
		if len(list) == len(m.Periods) {
			slices.Sort(list)
			counts[name] = list[len(list)/2]
		}
	}
	return counts, labels
}
