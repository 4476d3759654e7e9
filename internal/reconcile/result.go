package reconcile

import (
	"fmt"
	"time"

	"rapport/internal/ident"
	"rapport/internal/money"
)

// A Result is what came of comparing what was read with Dintero's own figures, in
// the whole UTC days that a period touches. The zero one was not asked for.
type Result struct {
	Verdict           Verdict
	Days              UTCDays
	Captures, Refunds int64          // that agree
	Differences       []Difference   // sorted
	Net               []money.Amount // ours less theirs, where that is something; sorted by currency
	Reason            string         // not checked: the end of the word that says why
	ReasonDetail      []string       // and what the word wants to know
	ScopeWider        bool           // the report is cut to a part of what was compared
	HideAmounts       bool           // and goes to somebody whom the other parts do not concern
	NotReadThoroughly bool           // it differs, and could not be read thoroughly
	WouldHold         bool           // a trial says so; what is no trial is held
}

type Verdict int

const (
	NotAsked Verdict = iota
	Agrees
	Differs
	NotChecked
)

// A Difference is a figure that is one here and another at Dintero.
type Difference struct {
	Day          time.Time // UTC midnight
	Refund       bool
	Product      string
	Currency     money.Currency
	Ours, Theirs CellTotal
	None         bool // Dintero has nothing at all of the day: the rest is that day's, all together
}

// Key is the same for the same differences in the same days.
func (r Result) Key() string {
	parts := []string{ident.Instant(r.Days.From), ident.Instant(r.Days.To)}
	for _, d := range r.Differences {
		parts = append(parts, fmt.Sprintf("%s %t %q %q %d %d %d %d", ident.Instant(d.Day), d.Refund, d.Product, d.Currency, d.Ours.Count, d.Ours.Sum, d.Theirs.Count, d.Theirs.Sum))
	}
	return ident.ShortHash(parts)
}
