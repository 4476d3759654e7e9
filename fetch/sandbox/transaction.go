package sandbox

import "time"

// transaction is one purchase with its whole future. It is never changed once its
// day is made: requests share it.
type transaction struct {
	place
	key       uint64 // seeds the details that no filter reads
	id        string // without the account
	created   time.Time
	method    *method
	brand     string // card.brand
	currency  string
	amount    int64 // authorised, minor units
	store     *store
	seller    string // payout_destination_id
	ref, ref2 string
	operation string // payment_operation
	channel   string
	lines     []line // the shipping option is the last where shipped is set
	shipped   bool
	form      splitForm
	gift      int64 // paid by gift card, minor units
	events    []event
}

// splitForm says where a marketplace transaction states its splits. The shares
// themselves are always on the lines here.
type splitForm int

const (
	unsplit    splitForm = iota
	eventSplit           // events[].splits
	itemSplit            // events[].items[].splits
	lineSplit            // items[].splits of the transaction; its events name lines only
)

// line is an item: quantity in thousandths, amounts in minor units with VAT included.
type line struct {
	id       string
	good     *good
	quantity int64
	amount   int64
	vat      int // percent
	shares   []share
}

// share is a seller's part.
type share struct {
	PayoutDestination string `json:"payout_destination_id"`
	Amount            int64  `json:"amount"`
}

// event is one thing that happens to a transaction.
type event struct {
	kind      string
	status    string // of the transaction after the event
	success   bool
	at        time.Time
	by        string // created_by where it is no employee
	amount    int64  // minor units; 0 where the event has none
	vat       int64  // calculated_vat_amount; below 0 where the event has none
	ref       string
	lines     []line // those captured or refunded, with their amounts
	splits    []share
	feeSplit  bool
	request   int // index of the INITIATE_* event it finishes; 0: none
	code      string
	remaining remaining
	settledAt time.Time // zero: never
	fee       int64     // minor units
}

// remaining is what a failed operation leaves to do, minor units.
type remaining struct{ capture, refund, void int64 }

// visible are the events up to now; ok is false while the transaction is not created.
func (t *transaction) visible(now time.Time) (events []event, ok bool) {
	n := len(t.events)
	for n > 0 && t.events[n-1].at.After(now) {
		n--
	}
	return t.events[:n], !t.created.After(now)
}

// status as of the last of the visible events.
func status(visible []event) string {
	if len(visible) == 0 {
		return "INITIATED"
	}
	return visible[len(visible)-1].status
}

// updated is when the transaction last changed, settlements included.
func (t *transaction) updated(visible []event, now time.Time) time.Time {
	last := t.created
	for i := range visible {
		e := &visible[i]
		if e.at.After(last) {
			last = e.at
		}
		if e.settled(now) && e.settledAt.After(last) {
			last = e.settledAt
		}
	}
	return last
}

func (e *event) settled(now time.Time) bool {
	return !e.settledAt.IsZero() && !e.settledAt.After(now)
}

// money reports whether the event moved money.
func (e *event) money() bool {
	return e.success && (e.kind == "CAPTURE" || e.kind == "REFUND")
}
