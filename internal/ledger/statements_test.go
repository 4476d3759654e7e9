package ledger

import (
	"context"
	"fmt"
	"path/filepath"
	"testing"
)

// TestOftenRunQueriesAreKeptPrepared, so many and no more, and do what they did.
func TestOftenRunQueriesAreKeptPrepared(t *testing.T) {
	l := mustOpen(t, filepath.Join(t.TempDir(), "rapport.db"))
	for day := range 5 {
		sendDay(t, l, makeDay(t, l, day))
	}
	kept := len(l.statements.ready)
	if kept == 0 {
		t.Error("nothing is prepared")
	}
	for n := range 3 * mostPrepared {
		for range oftenSeen {
			must(t, l.write(context.Background(), func(t tx) error {
				var got int
				if err := t.row([]any{&got}, fmt.Sprintf(`SELECT ? + %d`, n), 1); err != nil || got != n+1 {
					return fmt.Errorf("%d: %w", got, err)
				}
				return nil
			}))
		}
	}
	if n := len(l.statements.ready); n != mostPrepared {
		t.Errorf("%d are prepared", n)
	}
	sendDay(t, l, makeDay(t, l, 9))
}
