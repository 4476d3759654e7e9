package deliverysearch

import (
	"context"

	"rapport/internal/ledger"
)

// OfPeriod gives the deliveries of one period by recipient, without those of its corrections:
// they have the period's name, and are periods of their own.
func OfPeriod(ctx context.Context, l *ledger.Ledger, period int64, limit, offset int) (rows []ledger.Delivery, err error) {
	var ids []int64
	err = l.Read(ctx, func(tx ledger.Tx) error {
		ids = nil
		return tx.Each(number(&ids), `SELECT id FROM delivery WHERE period_id = ? ORDER BY recipient, id LIMIT ? OFFSET ?`, period, limit, offset)
	})
	if err != nil {
		return nil, err
	}
	return deliveries(ctx, l, ids)
}
