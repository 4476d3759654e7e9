package served

import (
	"context"
	"time"

	"rapport/internal/ledger"
)

// TakeDuty gives a duty of an account to a holder until an instant, unless another has it still.
// Who has it may take it again.
func (t duties) TakeDuty(ctx context.Context, account, what, holder string, now, until time.Time) (taken bool, err error) {
	err = t.db.Write(ctx, func(tx ledger.Tx) error {
		n, err := tx.Exec(`INSERT INTO duty (account, what, holder, until_at) VALUES (?, ?, ?, ?)
			ON CONFLICT (account, what) DO UPDATE SET holder = excluded.holder, until_at = excluded.until_at
			WHERE duty.holder = excluded.holder OR duty.until_at <= ?`, account, what, holder, until, now)
		taken = n > 0
		return err
	})
	return taken && err == nil, err
}

// DropDuty gives a duty back, if the holder has it.
func (t duties) DropDuty(ctx context.Context, account, what, holder string) error {
	return t.db.Write(ctx, func(tx ledger.Tx) error {
		_, err := tx.Exec(`DELETE FROM duty WHERE account = ? AND what = ? AND holder = ?`, account, what, holder)
		return err
	})
}
