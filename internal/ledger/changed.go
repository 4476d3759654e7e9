package ledger

import (
	"context"
	"fmt"
)

// Edition is a number that changes when somebody else has written to the ledger, another
// process or another Open: what this Ledger knows of it may be old then.
func (l *Ledger) Edition(ctx context.Context) (edition int64, err error) {
	err = l.read(ctx, func(t tx) error { return t.row([]any{&edition}, t.d.edition) })
	if err != nil {
		return 0, fmt.Errorf("edition: %w", err)
	}
	return edition, nil
}
