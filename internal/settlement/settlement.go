// Package settlement closes the way from the capture to the bank account: which settlements
// a report tells of, the bridge from what was outstanding over what was captured, refunded, taken
// as fees and paid out to what is outstanding now, and the vouchers that an accounting system
// reads of it.
//
// Nothing is ever summed across currencies, no amount is shared out or rounded, and what does
// not add up is shown as unexplained, never hidden. What a report has counted is remembered in
// its Record, from which the next one goes on. It reads no source and writes no file, and promises
// only what is expected in the bank: no bank statement is read.
package settlement

import (
	"cmp"
	"time"

	"rapport/internal/money"
	"rapport/internal/payment"
)

// How far back is looked.
const (
	// LookBack is for how many days before a period settlements and events are read again.
	LookBack = 90
	// FirstLookBack is for how many days before its period the first bridge reads events.
	FirstLookBack = 400
	// SilentAfter is after how many days without a settlement a provider is named that owes one.
	SilentAfter = 35
)

// Key is what makes a payout in one currency the same payout.
type Key struct {
	ID       string         `json:"id"`
	Currency money.Currency `json:"currency"`
}

// KeyOf is a key of texts.
func KeyOf(id, currency string) Key { return Key{id, money.Currency(currency)} }

// LineKey is what a bridge is made for: who pays whom in which currency. Seller is empty for the
// shop itself.
type LineKey struct {
	Currency money.Currency `json:"currency"`
	Seller   string         `json:"seller,omitempty"`
	Provider string         `json:"provider"`
}

func (k LineKey) compare(o LineKey) int {
	return cmp.Or(cmp.Compare(k.Currency, o.Currency), cmp.Compare(k.Seller, o.Seller), cmp.Compare(k.Provider, o.Provider))
}

// Line is a line of a bridge, minor units:
// Opening + Captured + Refunded − Fees − PaidOut = Closing = NotSettled + Postponed + Unexplained.
type Line struct {
	LineKey
	Opening, Captured, Refunded, Fees, PaidOut, Closing, NotSettled, Postponed, Unexplained int64
}

func (l *Line) isZero() bool { return *l == Line{LineKey: l.LineKey} }

// Figures are what events come to, minor units; Refunded is not above zero.
type Figures struct{ Captured, Refunded, Fee int64 }

// Gross is captured and refunded together.
func (f Figures) Gross() (int64, error) { return money.Add(f.Captured, f.Refunded) }

// Net is what is left of it after the fee.
func (f Figures) Net() (int64, error) {
	gross, err := f.Gross()
	if err != nil {
		return 0, err
	}
	return money.Sub(gross, f.Fee)
}

// Row is a settlement in one currency, as a report tells of it.
type Row struct {
	*payment.Settlement
	payment.SettlementAmount
	Day        time.Time // of settlement: midnight in UTC
	At         time.Time // what it is sorted by
	Events     Figures   // what the events that name it come to
	EventsRead bool      // all of them were read
	Late       bool      // the report of its own period did not have it
	ReadAt     time.Time
}

// Key is the row's.
func (r *Row) Key() Key { return Key{r.ID, r.Currency} }

// Line is where it stands in the bridge.
func (r *Row) Line() LineKey { return LineKey{r.Currency, r.PayoutDestination, r.Provider} }

// Difference is what it pays out beyond its events: fees and chargebacks that are on no
// transaction.
func (r *Row) Difference() (int64, error) {
	net, err := r.Events.Net()
	if err != nil {
		return 0, err
	}
	return money.Sub(r.Amount, net)
}

// Unexplained is by how much its captures and refunds are more than those of its events.
func (r *Row) Unexplained() (int64, error) {
	paid, err := money.Add(r.Amount, r.Fee)
	if err != nil {
		return 0, err
	}
	gross, err := r.Events.Gross()
	if err != nil {
		return 0, err
	}
	return money.Sub(gross, paid)
}

// Movement is a capture or refund, with where it was settled. Amounts are minor units, of
// refunds negative.
type Movement struct {
	At          time.Time
	Transaction string
	Event       string // what sets it apart within the transaction
	Refund      bool
	Amount      int64
	Currency    money.Currency
	Product     string // payment_product
	Seller      string // of the whole transaction
	Parts       []Part
}

// Part is what of a movement is in one settlement.
type Part struct {
	Settlement string
	Gross      int64 // of a refund negative
	Fee        int64
}

// PartsOf reads in which settlements an event was paid out. Where a row has neither capture nor
// refund, they are what its amount is without the fee, or all of the event.
func PartsOf(e *payment.Event, signed int64) (parts []Part, err error) {
	value := func(n *int64) int64 {
		if n == nil {
			return 0
		}
		return *n
	}
	for _, s := range e.Settlements {
		p := Part{Settlement: s.ID, Fee: value(s.Fee)}
		switch {
		case s.Capture != nil || s.Refund != nil:
			p.Gross, err = money.Sub(value(s.Capture), value(s.Refund))
		case s.Amount != nil:
			p.Gross, err = money.Add(*s.Amount, p.Fee)
		case len(e.Settlements) == 1:
			p.Gross = signed
		}
		if err != nil {
			return nil, err
		}
		parts = append(parts, p)
	}
	return parts, nil
}
