package report

import (
	"fmt"
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
	p.in(PerStore, storeName(r.Cells[transactionStoreID], r.Cells[transactionStore]))
	t.addTime(&p, k.period, r.Cells[TransactionTime].Time)
	return t.Add(measure, 1, r.Cells[TransactionNet], &p)
}

// transactionReport is checkout/transactions: a row per successful capture or refund
// within the period.
type transactionReport struct {
	period calendar.Period
	filter reportconfig.Transactions
}

var TransactionColumns = []Column{
	{"time", content.Time, 1, dayRole}, {"type", content.Text, 1, 0}, {"transaction_id", content.Text, 5, 0},
	{"merchant_reference", content.Text, 1, 0}, {"merchant_reference_2", content.Text, 8, 0}, {"event_reference", content.Text, 9, 0},
	{"payment_provider", content.Text, 7, 0}, {"payment_method", content.Text, 2, 0}, {"card_brand", content.Text, 6, 0},
	{"store_id", content.Text, 0, 0}, {"store", content.Text, 3, 0}, {"seller", content.Text, 7, 0}, {"status", content.Text, 8, 0},
	{"currency", content.Text, 2, 0}, {"captured", content.Money, 2, sumRole}, {"refunded", content.Money, 2, sumRole}, {"net", content.Money, 1, sumRole},
	{"vat", content.Money, 4, 0}, {"fee", content.Money, 6, 0}, {"settlement_id", content.Text, 0, 0},
}

// Where the totals find what they need in a row of transactionColumns.
const (
	TransactionTime, transactionMethod, transactionStoreID, transactionStore, TransactionNet = 0, 7, 9, 10, 16
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

// AppendRows makes the rows of one transaction.
func (k transactionReport) AppendRows(c *Collector, t *payment.Transaction) error {
	if !storeWanted(t, k.filter.Stores) {
		return nil
	}
	for i := range t.Events {
		e := &t.Events[i]
		if !e.Success || e.Type != payment.EventCapture && e.Type != payment.EventRefund || !k.period.Contains(e.CreatedAt) || e.Repeats(t.Events[:i]) {
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
			return fmt.Errorf("transaction %s: %w", t.ID, err)
		}
		r.ordinal = i
		if err := c.Add(&r); err != nil {
			return err
		}
	}
	return nil
}

// row is the line of an event; amount is the event's, or the sellers' share of it. It is
// good until the next.
func (k transactionReport) row(t *payment.Transaction, e *payment.Event, amount int64, c *Collector) (Row, error) {
	kind, name, captured, refunded := classCapture, "capture", amount, int64(0)
	if e.Type == payment.EventRefund {
		kind, name, captured, refunded = classRefund, "refund", 0, -amount
	}
	var vat, fee, settlement content.Value
	if amount == e.Amount { // Dintero says these of the whole event only
		if e.VAT != nil {
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
	seller := payment.SellerOf(t)
	if len(k.filter.Sellers) > 0 {
		seller = k.sellers(t, e)
	}
	return Row{
		at: e.CreatedAt, tie: t.ID, class: kind,
		Cells: append(c.cells[:0],
			content.TimeOf(e.CreatedAt.In(c.Zone)), textCell(name), textCell(t.ID),
			textCell(t.MerchantReference), textCell(t.MerchantReference2), textCell(e.Reference),
			providerNames(t.Product, t.ProductType), textCell(t.ProductType), textCell(t.CardBrand),
			textCell(t.Store.ID), textCell(t.Store.Name), textCell(seller), textCell(t.Status),
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

// feeAndSettlements is the fee and the settlements of an event: fees summed, ids joined by a space.
func feeAndSettlements(e *payment.Event, code money.Currency) (fee, ids content.Value, err error) {
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
		fee = content.MoneyOf(sum, code)
	}
	return fee, textCell(strings.Join(names, " ")), nil
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
