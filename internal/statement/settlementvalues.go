package statement

import (
	"slices"
	"strconv"
	"strings"

	"rapport/internal/content"
	"rapport/internal/settlement"
)

// settlementValues are what explains a bridge, as values: what is postponed, how old what is not
// settled is, what is not booked and why, and what has changed.
func settlementValues(fs *Figures) []ValueTable {
	t := newSettlementTexts(fs)
	words := fs.Words
	named := func(told settlement.Told) []content.Value {
		return []content.Value{content.TextOf(t.settlementName(told.Provider, told.Reference, told.ID)), content.TextOf(told.ID), content.TextOf(told.Seller), content.TextOf(string(told.Currency))}
	}
	name := slices.Clip([]string{words.Word("summary.settlement"), words.Word("column.settlement_id"), words.Word("column.seller"), words.Word("column.currency")})
	waiting := ValueTable{Title: words.Word("summary.postponed"), Head: append([]string{words.Word("summary.since")}, append(name, words.Word("column.net"))...)}
	for _, w := range t.Waiting {
		waiting.Rows = append(waiting.Rows, append(append([]content.Value{content.DateOf(w.Day)}, named(w.Told)...), content.MoneyOf(w.Amount, w.Currency)))
	}
	ages := ValueTable{Title: words.Word("summary.not_settled_by_age"), Head: []string{words.Word("summary.age"), words.Word("column.currency"), words.Word("column.not_settled")}}
	for _, a := range t.ages() {
		for i, bucket := range ageBuckets() {
			if a.Amounts[i] != 0 {
				ages.Rows = append(ages.Rows, []content.Value{content.TextOf(words.Word("age." + bucket)), content.TextOf(string(a.Currency)), content.MoneyOf(a.Amounts[i], a.Currency)})
			}
		}
	}
	left := ValueTable{Title: words.Word("summary.left_out"), Head: append(name, words.Word("column.net"), words.Word("summary.reason"))}
	for _, l := range t.Booking.LeftOut {
		left.Rows = append(left.Rows, append(named(settlement.Told{Key: l.Key(), Provider: l.Provider, Reference: l.ProviderReference, Seller: l.PayoutDestination}), content.MoneyOf(l.Amount, l.Currency), content.TextOf(t.leftOutReason(l))))
	}
	told, now, status := words.Word("summary.told"), words.Word("summary.now"), words.Word("column.payment_status")
	changed := ValueTable{Title: words.Word("summary.changed_settlements"), Head: append(name, told, status+" ("+strings.ToLower(told)+")", now, status+" ("+strings.ToLower(now)+")")}
	standing := func(told settlement.Told) content.Value {
		return content.TextOf(words.Word("payment_status." + string(told.Standing)))
	}
	for _, c := range t.Changed {
		changed.Rows = append(changed.Rows, append(named(c.Now), content.MoneyOf(c.Before.Amount, c.Before.Currency), standing(c.Before), content.MoneyOf(c.Now.Amount, c.Now.Currency), standing(c.Now)))
	}
	return slices.DeleteFunc([]ValueTable{waiting, ages, left, changed}, func(t ValueTable) bool { return len(t.Rows) == 0 })
}

// leftOutReason says why a settlement is not booked.
func (t settlementTexts) leftOutReason(l settlement.LeftOut) string {
	return t.words().Word("left_out."+string(l.Reason), strconv.Itoa(l.Number), l.PayoutDestination, string(l.Currency), t.provider(l.Provider))
}

// ages are what is not settled, by age, in the order in which the report names the currencies.
func (t settlementTexts) ages() []settlement.Age {
	compare := t.fs.compareCurrencies()
	return slices.SortedFunc(slices.Values(t.Ages), func(a, b settlement.Age) int { return compare(a.Currency, b.Currency) })
}

// ageBuckets are the words of [settlement.Age]'s amounts.
func ageBuckets() [4]string { return [4]string{"0-7", "8-30", "31-90", "91-"} }
