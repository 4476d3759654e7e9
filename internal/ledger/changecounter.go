package ledger

import (
	"context"
	"fmt"
)

// ChangeCounter is a number that changes when somebody else has written to the ledger, another
// process or another Open: what this Ledger knows of it may be old then.
func (l *Ledger) ChangeCounter(ctx context.Context) (n int64, err error) {
	err = l.read(ctx, func(t tx) error { return t.row([]any{&n}, t.d.ChangeCounter) })
	if err != nil {
		return 0, fmt.Errorf("change counter: %w", err)
	}
	return n, nil
}
