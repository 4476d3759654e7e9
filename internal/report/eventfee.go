package report

import (
	"fmt"
	"slices"
	"strings"

	"rapport/internal/content"
	"rapport/internal/money"
	"rapport/internal/payment"
)

// appendFee appends what Dintero says of a row's settlement: its fee, and what has none yet.
func appendFee(to []delta, r *Row) []delta {
	if fee := r.Cells[transactionFee]; fee.Kind == content.Money {
		to = append(to, delta{FeeMeasure, 1, fee.Number})
	}
	if r.unsettled != 0 {
		to = append(to, delta{UnsettledMeasure, 1, r.unsettled})
	}
	return to
}

// unsettledOf is what of an event is not settled yet; net is its signed amount. A settlement
// that does not say how much of the event it has is one of all of it.
func unsettledOf(t *payment.Transaction, e *payment.Event, net int64) int64 {
	if !PaidOut(t.ProductType) {
		return 0
	}
	settled := int64(0)
	for _, s := range e.Settlements {
		if s.Capture == nil && s.Refund == nil {
			if s.ID == "" && s.Fee == nil {
				continue
			}
			return 0
		}
		var part int64
		if s.Capture != nil {
			part = *s.Capture
		}
		var err error
		if s.Refund != nil {
			part, err = money.Sub(part, *s.Refund)
		}
		if err == nil {
			settled, err = money.Add(settled, part)
		}
		if err != nil {
			return 0
		}
	}
	rest, err := money.Sub(net, settled)
	if err != nil || (rest < 0) != (net < 0) {
		return 0
	}
	return rest
}

// What the third and the fourth sum of a group of transactions are: the fees that Dintero has
// told of, and the net of what it has not settled yet.
const FeeMeasure, UnsettledMeasure = 2, 3

// PaidOut tells whether what is paid in a way is paid out to the bank: gift cards and what was
// paid elsewhere are not.
func PaidOut(method string) bool {
	switch method {
	case "dintero.wallets", "dintero.external", "dintero.zero":
		return false
	}
	return true
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
