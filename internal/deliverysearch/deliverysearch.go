// Package deliverysearch finds a page of an account's messages, the newest periods first, in a ledger of
// any size. It refuses to go through all that were ever sent for what many are.
package deliverysearch

import (
	"context"

	"rapport/internal/ledger"
)

// mostWalked is how many periods are gone through for a page of messages, the newest first.
const mostWalked = 2000

// Newest is a page of messages. What most messages are is found by going through the newest
// periods; what few are, the ledger finds by its state.
func Newest(ctx context.Context, l *ledger.Ledger, f ledger.Filter) (rows []ledger.Delivery, err error) {
	if f.State == "" || f.State == string(ledger.Sent) {
		ids, enough, err := walk(ctx, l, f)
		if err != nil {
			return nil, err
		}
		if enough {
			return deliveries(ctx, l, ids[min(f.Offset, len(ids)):])
		}
	}
	return l.Deliveries(ctx, f)
}

// walk finds the first of them, and tells whether there are enough, or no more.
func walk(ctx context.Context, l *ledger.Ledger, f ledger.Filter) (ids []int64, enough bool, err error) {
	err = l.Read(ctx, func(tx ledger.Tx) error {
		ids, enough = nil, false
		var periods []int64
		err := tx.Each(number(&periods), `SELECT id FROM period WHERE account = ? AND (? = '' OR report = ?) AND (? = '' OR name = ?) ORDER BY due_at DESC, report LIMIT ?`,
			f.Account, f.Report, f.Report, f.Period, f.Period, mostWalked)
		for _, p := range periods {
			if err != nil || len(ids) >= f.Offset+f.Limit {
				break
			}
			err = tx.Each(number(&ids), `SELECT id FROM delivery WHERE period_id = ? AND (? = '' OR state = ?) AND (? = '' OR lower(recipient) = lower(?)) ORDER BY recipient, id`,
				p, f.State, f.State, f.Recipient, f.Recipient)
		}
		enough = len(ids) >= f.Offset+f.Limit || len(periods) < mostWalked
		ids = ids[:min(len(ids), f.Offset+f.Limit)]
		return err
	})
	return ids, enough, err
}

// number adds the number of each row.
func number(to *[]int64) func(columns func(dest ...any) error) error {
	return func(columns func(dest ...any) error) error {
		id := int64(0)
		err := columns(&id)
		*to = append(*to, id)
		return err
	}
}

func deliveries(ctx context.Context, l *ledger.Ledger, ids []int64) (rows []ledger.Delivery, err error) {
	for _, id := range ids {
		row, err := l.Delivery(ctx, id)
		if err != nil {
			return nil, err
		}
		rows = append(rows, row)
	}
	return rows, nil
}
