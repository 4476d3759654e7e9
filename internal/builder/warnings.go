package builder

import (
	"cmp"
	"fmt"
	"slices"

	"rapport/internal/money"
	"rapport/internal/payment"
	"rapport/internal/report"
	"rapport/internal/text"
	"rapport/locales"
	"rapport/render"
)

// warnings are what the operator must hear of a report that is made all the same: each is
// said once, and of many the number.
type warnings struct {
	lines []string
	seen  map[string]bool
	more  int
}

// maxWarnings is how many are said of one report.
const maxWarnings = 10

func (w *warnings) add(line string) {
	line = text.ForeignLine(line)
	switch {
	case w.seen[line]:
	case len(w.lines) == maxWarnings:
		w.more++
	default:
		if w.seen == nil {
			w.seen = map[string]bool{}
		}
		w.seen[line] = true
		w.lines = append(w.lines, line)
	}
}

// ofThing warns of what could not be read of a thing that the report has rows of, and that
// only describes it.
func (w *warnings) ofThing(thing any) {
	var unread []string
	var what, id string
	switch t := thing.(type) {
	case *payment.Transaction:
		unread, what, id = t.Unread, "transaction", t.ID
	case *payment.Order:
		unread, what, id = t.Unread, "order", t.ID
		for i := range t.Operations {
			unread = append(unread[:len(unread):len(unread)], t.Operations[i].Unread...)
		}
	case *payment.WalletTransaction:
		unread, what, id = t.Unread, "wallet transaction", t.ID
	}
	for _, why := range unread {
		w.add(fmt.Sprintf("%s %s: %s; it is blank in the report", what, text.Quoted(id, 64), why))
	}
}

// ofLogo warns of a logo that the document cannot show, which its readers can do nothing about.
func (w *warnings) ofLogo(logo []byte) {
	if len(logo) == 0 {
		return
	}
	if err := render.CheckLogo(logo); err != nil {
		w.add(fmt.Sprintf("the logo is left out: %v", err))
	}
}

// ofUnknown warns of money of a kind that nobody knows.
func (w *warnings) ofUnknown(all []UnknownMoney) error {
	words, err := locales.For("en")
	if err != nil {
		return err
	}
	for _, u := range all {
		w.add(words.Count("remark.unknown_money", u.Count, cmp.Or(u.Type, words.Word("document.none")), words.MoneyByCode(money.Amount{Minor: u.Sum, Currency: u.Currency})))
	}
	return nil
}

// all are the warnings, the last of which says how many more there are.
func (w *warnings) all() []string {
	if w.more == 0 {
		return w.lines
	}
	return append(slices.Clip(w.lines), fmt.Sprintf("and %d more", w.more))
}

// unknownMoney is that of a report, by type and currency.
func unknownMoney(t *report.Totals) (all []UnknownMoney) {
	for g, sum := range t.Unknown {
		all = append(all, UnknownMoney{g.Name, g.Code, sum.Count, sum.Sum})
	}
	slices.SortFunc(all, func(a, b UnknownMoney) int {
		return cmp.Or(cmp.Compare(a.Type, b.Type), cmp.Compare(a.Currency, b.Currency))
	})
	return all
}
