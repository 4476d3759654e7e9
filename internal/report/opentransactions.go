package report

import (
	"strings"
	"time"

	"rapport/internal/calendar"
	"rapport/internal/content"
	"rapport/internal/money"
	"rapport/internal/payment"
	"rapport/reportconfig"
)

// openReport is checkout/transactions/open: a row per transaction that still had money
// to capture when the period ended, told from the events before that instant.
type openReport struct {
	period calendar.Period
	filter reportconfig.Open
	lapse  []reportconfig.LapseLimit
	// private: it goes to one of several who know nothing of each other.
	private bool
}

var openColumns = []Column{
	{"authorised", content.Time, 1, 0}, {"age", content.Integer, 1, 0}, {"transaction_id", content.Text, 5, 0},
	{"merchant_reference", content.Text, 1, 0}, {"merchant_reference_2", content.Text, 8, 0},
	{"payment_provider", content.Text, 0, 0}, {"payment_method", content.Text, 2, 0}, {"card_brand", content.Text, 6, 0},
	{"store_id", content.Text, 0, 0}, {"store", content.Text, 3, 0}, {"seller", content.Text, 7, 0}, {"status", content.Text, 4, 0},
	{"currency", content.Text, 2, 0}, {"authorised_amount", content.Money, 2, sumRole}, {"captured", content.Money, 2, sumRole}, {"refunded", content.Money, 3, sumRole}, {"remaining", content.Money, 1, sumRole},
}

// Where the totals find what they need in a row of openColumns.
const (
	openAge, openID, openReference                            = 1, 2, 3
	openMethod, openStoreID, openStore                        = 6, 8, 9
	openAuthorised, openCaptured, openRefunded, openRemaining = 13, 14, 15, 16
)

func (k openReport) Layout() Layout {
	return Layout{
		Columns:  openColumns,
		Ledgered: []string{"authorised", "captured", "refunded", "remaining"},
		Measures: []Measure{
			{"summary.transactions", true, []int{0}}, {"summary.authorised", false, []int{0}},
			{"summary.captured", false, []int{1}}, {"summary.refunded", false, []int{2}}, {"summary.remaining", false, []int{3}},
		},
		Answer: Answer{"summary.to_capture", []int{3}, []AnswerPart{
			{"summary.authorised", "lead.transactions", 0}, {"summary.captured", "", 1}, {"summary.refunded", "", 2},
		}},
		words: map[string]Wording{"payment_provider": providerWord, "status": nameWithPrefix("status.")},
		Empty: "document.empty_open", Notes: []string{"document.snapshot_note"},
	}
}

// AppendRows makes the row of one transaction, if it was open, and one for each of its
// movements of unknown kind. What cannot be read of it matters only if it may have been open.
func (k openReport) AppendRows(c *Collector, t *payment.Transaction) error {
	cut := len(k.filter.Stores) > 0
	if t.OwnerFault == nil && !storeWanted(t, k.filter.Stores) {
		return nil
	}
	s, err := snapshot(t, k.period.To)
	if err != nil {
		return payment.Named("transaction", t.ID, err)
	}
	age := k.period.To.Sub(s.authorized)
	if !s.open || s.fault == nil && age <= time.Duration(k.filter.OlderThanDays)*24*time.Hour && k.filter.OlderThanDays > 0 {
		return nil
	}
	if s.fault == nil && cut {
		s.fault = t.OwnerFault
	}
	if s.fault != nil {
		return payment.Named("transaction", t.ID, s.fault)
	}
	remaining := t.Amount - s.captured
	if len(k.filter.Sellers) > 0 {
		if remaining, err = payment.Remaining(t, s.captured, k.period.To, k.filter.Sellers); err != nil || remaining == 0 {
			return err
		}
	}
	r := k.row(t, s, int64(age/(24*time.Hour)), c)
	if len(k.filter.Sellers) > 0 && len(sellersOf(t)) > 1 {
		k.cutToShare(t, &r, remaining)
	}
	if err := c.Add(&r); err != nil {
		return err
	}
	return addUnknown(c, t, k.filter.Sellers, func(e *payment.Event) bool { return e.CreatedAt.Before(k.period.To) })
}

// cutToShare leaves of a row what a seller may know of it: what is theirs, and nothing of the whole.
func (k openReport) cutToShare(t *payment.Transaction, r *Row, remaining int64) {
	r.Cells[openAuthorised] = content.MoneyOf(remaining, t.Currency)
	r.Cells[openCaptured], r.Cells[openRefunded] = content.MoneyOf(0, t.Currency), content.MoneyOf(0, t.Currency)
	r.Cells[openRemaining] = content.MoneyOf(remaining, t.Currency)
}

func (k openReport) row(t *payment.Transaction, s state, days int64, c *Collector) Row {
	seller, store := payment.SellerOf(t), privateStore(t, k.private, k.filter.Sellers)
	if len(k.filter.Sellers) > 0 {
		seller = strings.Join(k.filter.Sellers, " ")
	}
	return Row{
		at: s.authorized, tie: t.ID, class: classOpen, life: lifeOf(s, expiryDays(k.lapse, t.ProductType), k.period.To),
		Cells: append(c.cells[:0],
			content.TimeOf(s.authorized.In(c.Zone)), content.IntegerOf(days), textCell(t.ID),
			textCell(t.MerchantReference), textCell(t.MerchantReference2),
			providerNames(t.Product, t.ProductType), textCell(t.ProductType), textCell(t.CardBrand),
			textCell(store.ID), textCell(store.Name), textCell(seller), textCell(t.Status),
			textCell(string(t.Currency)), content.MoneyOf(t.Amount, t.Currency), content.MoneyOf(s.captured, t.Currency),
			content.MoneyOf(-s.refunded, t.Currency), content.MoneyOf(t.Amount-s.captured, t.Currency),
		),
	}
}

// A state is what a transaction was at an instant.
type state struct {
	open                bool
	authorized, renewed time.Time // the first and the last successful AUTHORIZE
	expires             time.Time // until when Dintero said that it lasts; zero: it did not
	captured, refunded  int64     // minor units, unsigned
	fault               error     // of what open or the amounts depend on
}

// finished are the statuses of which nothing more can be captured.
var finished = map[string]bool{
	"CAPTURED": true, "REFUNDED": true, "PARTIALLY_REFUNDED": true, "AUTHORIZATION_VOIDED": true,
	"DECLINED": true, "FAILED": true, "UNKNOWN": true,
}

// snapshot is the transaction's state at an instant, from the events before it. What
// Dintero calls finished now was open then only if an event since finished it. One that may
// have been open as far as it can be read is, with a fault.
func snapshot(t *payment.Transaction, at time.Time) (state, error) {
	s := state{fault: t.Fault}
	var err error
	voided, finishedBefore, finishedSince, timeless := false, false, false, false
	var latest, told time.Time // of the events before at, which need not be in order
	for i := range t.Events {
		e := &t.Events[i]
		if !e.Success || e.Repeats(t.Events[:i]) {
			continue
		}
		when := e.CreatedAt
		if e.Fault != nil && (when.IsZero() || when.Before(at)) {
			s.fault, timeless = e.Fault, timeless || when.IsZero()
			continue
		}
		if when.IsZero() { // an event that is no money may lack its time
			when = t.CreatedAt
		}
		if !when.Before(at) {
			finishedSince = finishedSince || finishes(e)
			continue
		}
		if e.Status != "" && !when.Before(latest) {
			latest, finishedBefore = when, finished[e.Status]
		}
		if !e.Expires.IsZero() && !when.Before(told) {
			told, s.expires = when, e.Expires
		}
		switch e.Type {
		case payment.EventAuthorize:
			if s.authorized.IsZero() || when.Before(s.authorized) {
				s.authorized = when
			}
			if when.After(s.renewed) {
				s.renewed = when
			}
		case payment.EventCapture:
			s.captured, err = money.Add(s.captured, e.Amount)
		case payment.EventRefund:
			s.refunded, err = money.Add(s.refunded, e.Amount)
		case payment.EventVoid:
			voided = true
		}
		if err != nil {
			return s, err
		}
	}
	if s.renewed.After(told) && s.expires.Before(s.renewed) { // of an authorisation before this one
		s.expires = time.Time{}
	}
	s.open = !s.authorized.IsZero() && !voided && (t.Amount > s.captured || t.Fault != nil)
	if finished[t.Status] {
		s.open = s.open && finishedSince && !finishedBefore
	}
	s.open = s.open || timeless
	return s, nil
}

// finishes tells whether an event can have finished its transaction.
func finishes(e *payment.Event) bool {
	if e.Status != "" {
		return finished[e.Status]
	}
	return e.Type == payment.EventCapture || e.Type == payment.EventVoid
}

func (k openReport) Count(t *Totals, r *Row) error {
	var p groupKeys
	p.in(PerCurrency, "")
	p.in(PerMethod, r.Cells[openMethod].Text)
	t.inStore(&p, r, r.Cells[openStoreID], r.Cells[openStore])
	p.in(PerAge, ageName(r.Cells[openAge].Number))
	if err := t.addExpiry(Expiring{
		Left: r.life.left, Id: r.Cells[openID].Text, Reference: r.Cells[openReference].Text, Method: r.Cells[openMethod].Text,
		Remaining: money.Amount{Minor: r.Cells[openRemaining].Number, Currency: r.Cells[openRemaining].Code},
	}, r.life.of); err != nil {
		return err
	}
	for measure, cell := range []int{openAuthorised, openCaptured, openRefunded, openRemaining} {
		if err := t.Add(measure, 1, r.Cells[cell], &p); err != nil {
			return err
		}
	}
	return nil
}
