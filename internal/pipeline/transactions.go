package pipeline

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"rapport/fetch"
	"rapport/internal/money"
	"rapport/render"
	"rapport/reportconfig"
)

// transactionRows is checkout/transactions: a row per successful capture or refund
// within the period.
type transactionRows struct {
	period reportconfig.Period
	filter reportconfig.Transactions
}

// The events that matter here, as Dintero names them.
const (
	captureEvent, refundEvent  = "CAPTURE", "REFUND"
	voidEvent, authorizedEvent = "VOID", "AUTHORIZE"
)

var transactionColumns = []column{
	{"time", render.Time, 1, dayRole}, {"type", render.Text, 1, 0}, {"transaction_id", render.Text, 5, 0},
	{"merchant_reference", render.Text, 1, 0}, {"merchant_reference_2", render.Text, 8, 0}, {"event_reference", render.Text, 9, 0},
	{"payment_provider", render.Text, 7, 0}, {"payment_method", render.Text, 2, 0}, {"card_brand", render.Text, 6, 0},
	{"store_id", render.Text, 0, 0}, {"store", render.Text, 3, 0}, {"seller", render.Text, 7, 0}, {"status", render.Text, 8, 0},
	{"currency", render.Text, 2, 0}, {"captured", render.Money, 2, sumRole}, {"refunded", render.Money, 2, sumRole}, {"net", render.Money, 1, sumRole},
	{"vat", render.Money, 4, 0}, {"fee", render.Money, 6, 0}, {"settlement_id", render.Text, 0, 0},
}

// Where the totals find what they need in a row of transactionColumns.
const (
	transactionTime, transactionMethod, transactionStoreID, transactionStore, transactionNet = 0, 7, 9, 10, 16
)

func (k transactionRows) shape() shape {
	notes := []string{"document.before_fees", "document.vat_note"}
	if len(k.filter.Sellers) > 0 {
		notes = append(notes, "document.share_note")
	}
	return shape{
		columns: transactionColumns,
		counted: []string{"captured", "refunded"},
		measures: []measure{
			{"summary.captures", true, []int{0}}, {"summary.captured", false, []int{0}},
			{"summary.refunds", true, []int{1}}, {"summary.refunded", false, []int{1}}, {"summary.net", false, []int{0, 1}},
		},
		answer: answer{"summary.net", []int{0, 1}, []answerPart{{"summary.captured", "lead.captures", 0}, {"summary.refunded", "lead.refunds", 1}}},
		income: true,
		words:  map[string]wording{"type": named("operation."), "payment_provider": provider, "status": named("status.")},
		empty:  "document.empty", notes: notes,
	}
}

// take makes the rows of one transaction.
func (k transactionRows) take(c *collector, t *fetch.Transaction) error {
	if !storeAsked(t, k.filter.Stores) {
		return nil
	}
	for i := range t.Events {
		e := &t.Events[i]
		if !e.Success || e.Type != captureEvent && e.Type != refundEvent || !within(e.CreatedAt, k.period) || repeated(t.Events[:i], e) {
			continue
		}
		amount := e.Amount
		if len(k.filter.Sellers) > 0 {
			var err error
			if amount, err = share(t, e, k.filter.Sellers); err != nil {
				return err
			}
			if amount == 0 {
				continue
			}
		}
		r, err := k.row(t, e, amount, c)
		if err != nil {
			return fmt.Errorf("transaction %s: %w", t.ID, err)
		}
		r.ordinal = i
		if err := c.add(&r); err != nil {
			return err
		}
	}
	return nil
}

// row is the line of an event; amount is the event's, or the sellers' share of it. It is
// good until the next.
func (k transactionRows) row(t *fetch.Transaction, e *fetch.Event, amount int64, c *collector) (row, error) {
	kind, name, captured, refunded := classCapture, "capture", amount, int64(0)
	if e.Type == refundEvent {
		kind, name, captured, refunded = classRefund, "refund", 0, -amount
	}
	var vat, fee, settlement render.Value
	if amount == e.Amount { // Dintero says these of the whole event only
		if e.VAT != nil {
			vat = render.MoneyOf(max(*e.VAT, -*e.VAT), t.Currency)
			if kind == classRefund {
				vat.Number = -vat.Number
			}
		}
		var err error
		if fee, settlement, err = settled(e, t.Currency); err != nil {
			return row{}, err
		}
	}
	seller := owner(t)
	if len(k.filter.Sellers) > 0 {
		seller = k.sellers(t, e)
	}
	return row{
		at: e.CreatedAt, tie: t.ID, class: kind,
		cells: append(c.cells[:0],
			render.TimeOf(e.CreatedAt.In(c.zone)), text(name), text(t.ID),
			text(t.MerchantReference), text(t.MerchantReference2), text(e.Reference),
			providerNames(t.Product, t.ProductType), text(t.ProductType), text(t.CardBrand),
			text(t.Store.ID), text(t.Store.Name), text(seller), text(t.Status),
			text(string(t.Currency)), render.MoneyOf(captured, t.Currency), render.MoneyOf(refunded, t.Currency), render.MoneyOf(captured+refunded, t.Currency),
			vat, fee, settlement,
		),
	}, nil
}

// sellers names those of the sellers filtered on that have a part in the event.
func (k transactionRows) sellers(t *fetch.Transaction, e *fetch.Event) string {
	var names []string
	for _, seller := range k.filter.Sellers {
		if amount, err := share(t, e, []string{seller}); err == nil && amount != 0 && !slices.Contains(names, seller) {
			names = append(names, seller)
		}
	}
	if len(names) == 0 {
		return strings.Join(k.filter.Sellers, " ")
	}
	return strings.Join(names, " ")
}

// settled is the fee and the settlements of an event: fees summed, ids joined by a space.
func settled(e *fetch.Event, code money.Currency) (fee, ids render.Value, err error) {
	var names []string
	for _, s := range e.Settlements {
		if s.ID != "" && !slices.Contains(names, s.ID) {
			names = append(names, s.ID)
		}
		if s.Fee == nil {
			continue
		}
		sum, err := money.Add(fee.Number, *s.Fee)
		if err != nil {
			return fee, ids, fmt.Errorf("fee: %w", err)
		}
		fee = render.MoneyOf(sum, code)
	}
	return fee, text(strings.Join(names, " ")), nil
}

// repeated tells whether e is among events already: the same id, or without ids the same request.
func repeated(events []fetch.Event, e *fetch.Event) bool {
	return slices.ContainsFunc(events, func(o fetch.Event) bool {
		if !o.Success || o.Type != e.Type {
			return false
		}
		if e.ID != "" || o.ID != "" {
			return e.ID == o.ID
		}
		return e.RequestID != "" && e.RequestID == o.RequestID
	})
}

// edition names a transaction and orders its copies: by updated_at, else by its newest event.
func edition(t *fetch.Transaction) (id string, version int64) {
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

func storeAsked(t *fetch.Transaction, stores []string) bool {
	return len(stores) == 0 || slices.Contains(stores, t.Store.ID)
}

func within(at time.Time, p reportconfig.Period) bool {
	return !at.Before(p.From) && at.Before(p.To)
}

// text is a text cell; an empty text is a blank one.
func text(s string) render.Value {
	if s == "" {
		return render.Value{}
	}
	return render.TextOf(s)
}
