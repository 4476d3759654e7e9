package report

import (
	"cmp"
	"slices"
	"strings"

	"rapport/internal/calendar"
	"rapport/internal/content"
	"rapport/internal/money"
	"rapport/internal/payment"
	"rapport/reportconfig"
)

func (k transactionReport) Count(t *Totals, r *Row) error {
	measure := 0
	if r.class == classRefund {
		measure = 1
	}
	var p groupKeys
	p.in(PerCurrency, "")
	p.in(PerMethod, r.Cells[transactionMethod].Text)
	t.inStore(&p, r, r.Cells[transactionStoreID], r.Cells[transactionStore])
	if r.exceeds {
		t.addExcess(cmp.Or(r.Cells[transactionReference].Text, r.Cells[transactionID].Text))
	}
	t.addTime(&p, k.period, r.Cells[TransactionTime].Time)
	net := r.Cells[TransactionNet]
	var room [3]delta
	deltas := append(room[:0], delta{measure, 1, net.Number})
	if len(k.filter.Sellers) > 0 { // Dintero says fee and VAT of the whole payment only
		if len(k.filter.Sellers) == 1 {
			t.addSeller(r, r.Cells[transactionStore])
		}
		return t.addAll(net.Code, &p, deltas...)
	}
	if err := t.addAll(net.Code, &p, appendFee(deltas, r)...); err != nil {
		return err
	}
	return t.addVAT(r.vat, net, r.Cells[transactionVAT])
}

// transactionReport is checkout/transactions: a row per successful capture or refund
// within the period.
type transactionReport struct {
	period  calendar.Period
	filter  reportconfig.Transactions
	private bool // it goes to one of several who know nothing of each other
}

var TransactionColumns = []Column{
	{"time", content.Time, 1, dayRole}, {"type", content.Text, 1, 0}, {"transaction_id", content.Text, 6, 0},
	{"merchant_reference", content.Text, 1, 0}, {"merchant_reference_2", content.Text, 8, 0}, {"event_reference", content.Text, 9, 0},
	{"payment_provider", content.Text, 0, 0}, {"payment_method", content.Text, 2, 0}, {"card_brand", content.Text, 6, 0},
	{"store_id", content.Text, 0, 0}, {"store", content.Text, 3, 0}, {"seller", content.Text, 7, 0}, {"status", content.Text, 8, 0},
	{"currency", content.Text, 2, 0}, {"captured", content.Money, 2, sumRole}, {"refunded", content.Money, 2, sumRole}, {"net", content.Money, 1, sumRole},
	{"vat", content.Money, 4, 0}, {"fee", content.Money, 5, 0}, {"settlement_id", content.Text, 0, 0},
}

// Where the totals find what they need in a row of transactionColumns.
const (
	TransactionTime, transactionID, transactionReference                    = 0, 2, 3
	transactionMethod, transactionStoreID, transactionStore, TransactionNet = 7, 9, 10, 16
	transactionVAT, transactionFee                                          = 17, 18
)

func (k transactionReport) Layout() Layout {
	notes := []string{"document.before_fees", "document.vat_note"}
	if len(k.filter.Sellers) > 0 {
		notes = append(notes, "document.share_note")
	}
	return Layout{
		Columns:  TransactionColumns,
		Ledgered: []string{"captured", "refunded"},
		Measures: []Measure{
			{"summary.captures", true, []int{0}}, {"summary.captured", false, []int{0}},
			{"summary.refunds", true, []int{1}}, {"summary.refunded", false, []int{1}}, {"summary.net", false, []int{0, 1}},
		},
		Answer: Answer{"summary.net", []int{0, 1}, []AnswerPart{{"summary.captured", "lead.captures", 0}, {"summary.refunded", "lead.refunds", 1}}},
		Income: true,
		words:  map[string]Wording{"type": nameWithPrefix("operation."), "payment_provider": providerWord, "status": nameWithPrefix("status.")},
		Empty:  "document.empty", Notes: notes,
	}
}

// AppendRows makes the rows of one transaction, and one for each of its movements of unknown
// kind. What cannot be read of it matters only if it lies in the period, or may.
func (k transactionReport) AppendRows(c *Collector, t *payment.Transaction) error {
	if t.OwnerFault == nil && !storeWanted(t, k.filter.Stores) {
		return nil
	}
	for i := range t.Events {
		e := &t.Events[i]
		if !e.IsMovement() && !e.IsUnknownMovement() && !isMoneyFault(e) || !k.within(e) || e.Repeats(t.Events[:i]) {
			continue
		}
		if fault := k.faultOf(t, e); fault != nil {
			return payment.Named("transaction", t.ID, fault)
		}
		if !e.IsMovement() {
			continue
		}
		amount := e.Amount
		if len(k.filter.Sellers) > 0 {
			var err error
			if amount, err = payment.Share(t, e, k.filter.Sellers); err != nil {
				return err
			}
			if amount == 0 {
				continue
			}
		}
		r, err := k.row(t, e, amount, c)
		if err != nil {
			return payment.Named("transaction", t.ID, err)
		}
		r.ordinal = i
		r.exceeds = e.Type == payment.EventCapture && len(k.filter.Sellers) == 0 && exceeds(t, e)
		if err := c.Add(&r); err != nil {
			return err
		}
	}
	if len(t.Events) == 0 && t.Fault == nil && slices.Contains(takenStatuses(), t.Status) && k.period.Contains(t.CreatedAt) {
		return addWithoutEvents(c, t, k.filter.Sellers)
	}
	return addUnknown(c, t, k.filter.Sellers, func(e *payment.Event) bool { return k.period.Contains(e.CreatedAt) })
}

// takenStatuses are of transactions that have events of money.
func takenStatuses() []string {
	return []string{"CAPTURED", "PARTIALLY_CAPTURED", "PARTIALLY_CAPTURED_REFUNDED", "PARTIALLY_REFUNDED", "REFUNDED"}
}

// addWithoutEvents names a transaction whose status says that money was moved, and of whose events there
// is none: the source left them out.
func addWithoutEvents(c *Collector, t *payment.Transaction, sellers []string) error {
	if len(sellers) > 0 && !payment.Concerns(t, sellers) {
		return nil
	}
	amount := t.Amount
	if len(sellers) > 0 {
		amount = 0 // nobody can tell whose
	}
	return c.Add(&Row{at: t.CreatedAt, tie: t.ID, class: classUnknown, Cells: append(c.cells[:0], content.TextOf(t.Status+" (events: 0)"), content.MoneyOf(amount, t.Currency))})
}

// within tells whether an event lies in the period, or may, as nobody knows when it was.
func (k transactionReport) within(e *payment.Event) bool {
	return k.period.Contains(e.CreatedAt) || e.Fault != nil && e.CreatedAt.IsZero()
}

// isMoneyFault tells whether an event that cannot be read may be money.
func isMoneyFault(e *payment.Event) bool {
	return e.Fault != nil && e.Type != payment.EventAuthorize && e.Type != payment.EventVoid
}

// faultOf is what cannot be read of an event of the period, or of its transaction.
func (k transactionReport) faultOf(t *payment.Transaction, e *payment.Event) error {
	var owner error
	if len(k.filter.Stores)+len(k.filter.Sellers) > 0 {
		owner = t.OwnerFault
	}
	return cmp.Or(owner, t.Fault, e.Fault)
}

// addUnknown adds the movements of unknown kind that count: of some sellers their share of one, or
// nothing of it where that cannot be told.
func addUnknown(c *Collector, t *payment.Transaction, sellers []string, counts func(*payment.Event) bool) error {
	for i := range t.Events {
		e := &t.Events[i]
		if !e.IsUnknownMovement() || e.Repeats(t.Events[:i]) || !counts(e) {
			continue
		}
		amount := e.Amount
		if len(sellers) > 0 {
			var err error
			if amount, err = payment.Share(t, e, sellers); err == nil && amount == 0 {
				continue
			}
		}
		r := Row{at: e.CreatedAt, tie: t.ID, class: classUnknown, ordinal: i, Cells: append(c.cells[:0], content.TextOf(e.Type), content.MoneyOf(amount, t.Currency))}
		if err := c.Add(&r); err != nil {
			return err
		}
	}
	return nil
}

// exceeds tells whether more is captured with an event than was authorised.
func exceeds(t *payment.Transaction, capture *payment.Event) bool {
	if capture.Amount == 0 {
		return false
	}
	var sum int64
	passed := false // of those at the same time the first come first
	for i := range t.Events {
		e := &t.Events[i]
		later := e.CreatedAt.After(capture.CreatedAt) || passed && e.CreatedAt.Equal(capture.CreatedAt)
		passed = passed || e == capture
		if e.Type != payment.EventCapture || !e.Success || later || e.Repeats(t.Events[:i]) {
			continue
		}
		var err error
		if sum, err = money.Add(sum, e.Amount); err != nil {
			return true
		}
	}
	return sum > t.Amount
}

// row is the line of an event; amount is the event's, or the sellers' share of it. It is
// good until the next.
func (k transactionReport) row(t *payment.Transaction, e *payment.Event, amount int64, c *Collector) (Row, error) {
	kind, name, captured, refunded := classCapture, "capture", amount, int64(0)
	if e.Type == payment.EventRefund {
		kind, name, captured, refunded = classRefund, "refund", 0, -amount
	}
	var vat, fee, settlement content.Value
	c.vat = c.vat[:0]
	if amount == e.Amount { // Dintero says these of the whole event only
		if e.VAT != nil {
			c.vat = appendVATParts(c.vat, e)
			vat = content.MoneyOf(max(*e.VAT, -*e.VAT), t.Currency)
			if kind == classRefund {
				vat.Number = -vat.Number
			}
		}
		var err error
		if fee, settlement, err = feeAndSettlements(e, t.Currency); err != nil {
			return Row{}, err
		}
	}
	seller, store := payment.SellerOf(t), privateStore(t, k.private, k.filter.Sellers)
	if len(k.filter.Sellers) > 0 {
		seller = k.sellers(t, e)
	}
	return Row{
		at: e.CreatedAt, tie: t.ID, class: kind, vat: c.vat, unsettled: unsettledOf(t, e, captured+refunded), ownStore: slices.Contains(k.filter.Sellers, t.Store.PayoutDestination),
		Cells: append(c.cells[:0],
			content.TimeOf(e.CreatedAt.In(c.Zone)), textCell(name), textCell(t.ID),
			textCell(t.MerchantReference), textCell(t.MerchantReference2), textCell(e.Reference),
			providerNames(t.Product, t.ProductType), textCell(t.ProductType), textCell(t.CardBrand),
			textCell(store.ID), textCell(store.Name), textCell(seller), textCell(t.Status),
			textCell(string(t.Currency)), content.MoneyOf(captured, t.Currency), content.MoneyOf(refunded, t.Currency), content.MoneyOf(captured+refunded, t.Currency),
			vat, fee, settlement,
		),
	}, nil
}

// sellers names those of the sellers filtered on that have a part in the event.
func (k transactionReport) sellers(t *payment.Transaction, e *payment.Event) string {
	var names []string
	for _, seller := range k.filter.Sellers {
		if amount, err := payment.Share(t, e, []string{seller}); err == nil && amount != 0 && !slices.Contains(names, seller) {
			names = append(names, seller)
		}
	}
	if len(names) == 0 {
		return strings.Join(k.filter.Sellers, " ")
	}
	return strings.Join(names, " ")
}

// TransactionVersion names a transaction and orders its copies: by updated_at, else by its newest event.
func TransactionVersion(t *payment.Transaction) (id string, version int64) {
	newest := t.UpdatedAt
	if newest.IsZero() {
		for i := range t.Events {
			if t.Events[i].CreatedAt.After(newest) {
				newest = t.Events[i].CreatedAt
			}
		}
	}
	return t.ID, newest.UnixNano()
}

func storeWanted(t *payment.Transaction, stores []string) bool {
	return len(stores) == 0 || slices.Contains(stores, t.Store.ID)
}
