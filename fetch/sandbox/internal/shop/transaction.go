package shop

import (
	"slices"
	"time"
)

// Transaction is one purchase with its whole future. It is never changed once its
// day is made: requests share it.
type Transaction struct {
	Serial
	Key        uint64 // seeds the details that no filter reads
	ID         string // without the account
	Created    time.Time
	Method     *Method
	Brand      string // card.brand
	Currency   string
	Amount     int64 // authorised, minor units
	Store      *Store
	Seller     string // payout_destination_id
	Reference  string // merchant_reference
	Reference2 string // merchant_reference_2
	Operation  string // payment_operation
	Channel    string
	Lines      []Line // the shipping option is the last where Shipped is set
	Shipped    bool
	Split      SplitForm
	Gift       int64 // paid by gift card, minor units
	Events     []Event
}

// SplitForm says where a marketplace transaction states its splits. The shares
// themselves are always on the lines here.
type SplitForm int

// The forms of a split.
const (
	Unsplit    SplitForm = iota
	EventSplit           // events[].splits
	ItemSplit            // events[].items[].splits
	LineSplit            // items[].splits of the transaction; its events name lines only
)

// Line is an item: quantity in thousandths, amounts in minor units with VAT included.
type Line struct {
	ID       string
	Article  *Article // nil: shipping
	Quantity int64
	Amount   int64
	VAT      int // percent
	Shares   []Share
}

// Share is a seller's part.
type Share struct {
	PayoutDestination string
	Amount            int64 // minor units
}

// Event is one thing that happens to a transaction.
type Event struct {
	Type      string
	Status    string // of the transaction after the event
	Success   bool
	At        time.Time
	By        string // created_by where it is no employee
	Amount    int64  // minor units; 0 where the event has none
	VAT       int64  // calculated_vat_amount; below 0 where the event has none
	Reference string
	Lines     []Line // those captured or refunded, with their amounts
	Splits    []Share
	FeeSplit  bool
	Request   int // index of the INITIATE_* event it finishes; 0: none
	ErrorCode string
	Remaining Remaining
	SettledAt time.Time // zero: never
	Fee       int64     // minor units
}

// Remaining is what a failed operation leaves to do, minor units.
type Remaining struct{ Capture, Refund, Void int64 }

// Visible are the events up to now; ok is false while the transaction is not created.
func (t *Transaction) Visible(now time.Time) (events []Event, ok bool) {
	n := len(t.Events)
	for n > 0 && t.Events[n-1].At.After(now) {
		n--
	}
	return t.Events[:n], !t.Created.After(now)
}

// Status is that of a transaction of which so many events are visible.
func Status(visible []Event) string {
	if len(visible) == 0 {
		return "INITIATED"
	}
	return visible[len(visible)-1].Status
}

// IsFinal reports whether a transaction can keep the status for good.
func IsFinal(status string) bool {
	return !slices.Contains([]string{"INITIATED", "AUTHORIZED", "ON_HOLD", "PARTIALLY_CAPTURED", "PARTIALLY_CAPTURED_REFUNDED"}, status)
}

// Updated is when the transaction last changed, settlements included.
func (t *Transaction) Updated(visible []Event, now time.Time) time.Time {
	last := t.Created
	for i := range visible {
		e := &visible[i]
		if e.At.After(last) {
			last = e.At
		}
		if e.Settled(now) && e.SettledAt.After(last) {
			last = e.SettledAt
		}
	}
	return last
}

// Settled reports whether the event has been paid out.
func (e *Event) Settled(now time.Time) bool {
	return !e.SettledAt.IsZero() && !e.SettledAt.After(now)
}

// IsMovement reports whether the event moved money.
func (e *Event) IsMovement() bool {
	return e.Success && (e.Type == "CAPTURE" || e.Type == "REFUND")
}

// Moves is the amount that an event stands for, given those before it: an authorisation
// the transaction's, a cancellation what was not captured.
func (t *Transaction) Moves(before []Event, e *Event) int64 {
	switch e.Type {
	case "AUTHORIZE":
		return t.Amount
	case "VOID":
		left := t.Amount
		for i := range before {
			if before[i].Type == "CAPTURE" && before[i].Success {
				left -= before[i].Amount
			}
		}
		return left
	}
	return e.Amount
}

// Owner is the seller the whole transaction belongs to, if there is one.
func (t *Transaction) Owner() string {
	if t.Seller != "" || t.Split != Unsplit {
		return t.Seller
	}
	return t.Store.Seller
}

// Employee is who made the events of a transaction that name nobody.
func (t *Transaction) Employee() string {
	return NewRNG(uint64(t.Store.weight), uint64(len(t.Store.Name)), t.Key%5).UUID()
}
