package statement

import (
	"cmp"
	"fmt"
	"maps"
	"slices"

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

// comparison is of a report with the one before.
type comparison struct {
	*Figures
	with Previous
}

// changes is the table of the largest changes: by store where there are several, else by
// payment method, in the currency that leads. It is nil where there is nothing to
// compare with.
func (c comparison) changes() (*content.Table, error) {
	if len(c.with.Periods) == 0 || len(c.Layout.Answer.Of) == 0 {
		return nil, nil
	}
	codes := c.currencies()
	if len(codes) == 0 {
		return nil, nil
	}
	code := codes[0]
	for _, by := range []report.Dimension{report.PerStore, report.PerMethod, report.PerProvider} {
		moves, err := c.changesBy(by, code)
		if err != nil {
			return nil, err
		}
		if len(moves) < 2 {
			continue
		}
		return c.changesTable(moves, by, code), nil
	}
	return nil, nil
}

// changesBy are all groups of a dimension that are there now or were then.
func (c comparison) changesBy(by report.Dimension, code money.Currency) ([]change, error) {
	dimension, found, labels := report.DimensionWords()[by], map[string]*change{}, map[string]string{}
	at := func(name string) *change {
		if found[name] == nil {
			found[name] = &change{}
		}
		return found[name]
	}
	for g, f := range c.Totals.Groups[by] {
		if g.Code != code {
			continue
		}
		sum, err := c.answerOf(f)
		if err != nil {
			return nil, err
		}
		at(g.Name).now = sum
		labels[g.Name] = c.groupLabel(g.Name, by)
	}
	for key, t := range c.with.Periods[0] {
		if key.Dimension != dimension || key.Currency != string(code) || !slices.Contains(c.answerMeasures(), key.Measure) {
			continue
		}
		one := at(key.Name)
		labels[key.Name] = cmp.Or(labels[key.Name], report.StoreLabel(t.Label), c.groupLabel(key.Name, by))
		var err error
		if one.then, err = money.Add(one.then, t.Sum); err != nil {
			return nil, fmt.Errorf("history: %w", err)
		}
	}
	c.tellApart(labels)
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
func (c comparison) changesTable(moves []change, by report.Dimension, code money.Currency) *content.Table {
	slices.SortStableFunc(moves, func(x, y change) int { return cmp.Compare(y.size(), x.size()) })
	heads := map[report.Dimension]string{report.PerStore: "column.store", report.PerMethod: "column.payment_method", report.PerProvider: "column.provider"}
	words := c.Words
	t := &content.Table{
		Title: words.Word("summary.changes") + " (" + string(code) + ")",
		Head:  []string{words.Word(heads[by]), words.Word(c.Layout.Answer.Word), words.Capital(beforeWord(c.Words, c.with)), words.Word("summary.change")},
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
func beforeWord(words *locales.Printer, m Previous) string {
	first, end := m.Period.Days()
	return words.Before(string(m.Period.Schedule), first, end)
}
