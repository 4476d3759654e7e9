package statement

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"rapport/internal/content"
	"rapport/internal/money"
	"rapport/internal/report"
	"rapport/locales"
)

// changeText says how an amount compares with that of a period before: in percent where both
// are money earned, else by what it was then, which said writes.
func changeText(words *locales.Printer, now, then money.Amount, before string, said func(money.Amount) string) string {
	switch {
	case now.Minor == then.Minor:
		return words.Word("change.none", before)
	case then.Minor > 0 && now.Minor >= 0:
		if tenths, ok := tenthsOfPercent(now.Minor, then.Minor); ok && tenths == 0 {
			return words.Word("change.slight", before)
		} else if ok {
			return words.Word("change.percent", words.Percent(tenths), before)
		}
	}
	return words.Word("change.amount", said(then), before)
}

// tenthsOfPercent is by how many tenths of a percent now is more than then, half away from zero.
// Beyond a thousand percent a figure in percent says nothing.
func tenthsOfPercent(now, then int64) (tenths int64, ok bool) {
	tenths, err := money.Ratio(now-then, 1000, then)
	const most = 10_000
	return tenths, err == nil && tenths <= most
}

// A change is how one group changed since the period before.
type change struct {
	label     string
	now, then int64
}

func (m change) size() int64 { return max(m.now-m.then, m.then-m.now) }

// maxChanges is how many of the largest changes are named.
const maxChanges = 3

// changes is the table of the largest changes: by store where there are several, else by
// payment method, in the currency with most rows. It is nil where there is nothing to
// compare with.
func (fs *Figures) changes(m Previous) (*content.Table, error) {
	if len(m.Periods) == 0 || len(fs.Layout.Answer.Of) == 0 {
		return nil, nil
	}
	code, ok := fs.mainCurrency()
	if !ok {
		return nil, nil
	}
	for _, by := range []report.Dimension{report.PerStore, report.PerMethod, report.PerProvider} {
		moves, err := fs.changesBy(m.Periods[0], by, code)
		if err != nil {
			return nil, err
		}
		if len(moves) < 2 {
			continue
		}
		return fs.changesTable(moves, by, code, m), nil
	}
	return nil, nil
}

// changesBy are all groups of a dimension that are there now or were then.
func (fs *Figures) changesBy(then pastTotals, by report.Dimension, code money.Currency) ([]change, error) {
	dimension, found := report.DimensionWords()[by], map[string]*change{}
	at := func(name, label string) *change {
		if found[name] == nil {
			found[name] = &change{}
		}
		found[name].label = max(found[name].label, label) // of two names the same one each time
		return found[name]
	}
	for g, f := range fs.Totals.Groups[by] {
		if g.Code != code {
			continue
		}
		id, label, _ := strings.Cut(g.Name, "\x00")
		sum, err := fs.answerOf(f)
		if err == nil {
			one := at(id, label)
			one.now, err = money.Add(one.now, sum)
		}
		if err != nil {
			return nil, err
		}
	}
	labels := map[string]string{}
	for name, one := range found {
		labels[name] = one.label
	}
	for key, t := range then {
		if key.Dimension != dimension || key.Currency != string(code) || !slices.Contains(fs.answerMeasures(), key.Measure) {
			continue
		}
		one := at(key.Name, "")
		labels[key.Name] = cmp.Or(labels[key.Name], t.Label)
		var err error
		if one.then, err = money.Add(one.then, t.Sum); err != nil {
			return nil, fmt.Errorf("history: %w", err)
		}
	}
	disambiguate(labels)
	var moves []change
	for _, name := range slices.Sorted(maps.Keys(found)) {
		if _, err := money.Sub(found[name].now, found[name].then); err == nil { // else it is beyond all figures
			found[name].label = cmp.Or(labels[name], name)
			moves = append(moves, *found[name])
		}
	}
	return moves, nil
}

// changesTable names those that changed most.
func (fs *Figures) changesTable(moves []change, by report.Dimension, code money.Currency, m Previous) *content.Table {
	slices.SortStableFunc(moves, func(x, y change) int { return cmp.Compare(y.size(), x.size()) })
	heads := map[report.Dimension]string{report.PerStore: "column.store", report.PerMethod: "column.payment_method", report.PerProvider: "column.provider"}
	words := fs.Words
	t := &content.Table{
		Title: words.Word("summary.changes") + " (" + string(code) + ")",
		Head:  []string{words.Word(heads[by]), words.Word(fs.Layout.Answer.Word), words.Capital(fs.beforeWord(m)), words.Word("summary.change")},
		Right: []bool{false, true, true, true},
	}
	for _, one := range moves[:min(len(moves), maxChanges)] {
		if one.now == one.then {
			break
		}
		cells := []string{cmp.Or(one.label, words.Word("document.none"))}
		for _, minor := range []int64{one.now, one.then} {
			cells = append(cells, words.Number(money.Amount{Minor: minor, Currency: code}))
		}
		t.Rows = append(t.Rows, append(cells, words.Signed(money.Amount{Minor: one.now - one.then, Currency: code})))
	}
	if len(t.Rows) == 0 {
		return nil
	}
	return t
}

// beforeWord is what the comparable period is called: "forrige torsdag", "uke 46".
func (fs *Figures) beforeWord(m Previous) string {
	first, end := m.Period.Days()
	return fs.Words.Before(string(m.Period.Schedule), first, end)
}
