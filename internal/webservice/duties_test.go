package webservice

import (
	"errors"
	"log/slog"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"rapport/internal/eventhook"
	"rapport/internal/insight"
	"rapport/reportconfig"
)

// TestHooksThatHangKeepNoOtherAccountsWaiting: each account is told by itself.
func TestHooksThatHangKeepNoOtherAccountsWaiting(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var told atomic.Int32
		over := make(chan struct{})
		teller := func(use func()) *eventhook.Teller {
			return &eventhook.Teller{Account: eventhook.Account{Hooks: make([]reportconfig.Hook, 1), Use: func(func() error) error {
				use()
				return errors.New("told")
			}}}
		}
		s := &Service{}
		s.duties.replace(t.Context(), []*eventhook.Teller{teller(func() { <-over }), teller(func() { told.Add(1) })}, make([]*insight.Server, 1), "me", slog.New(slog.DiscardHandler))
		for n := range int32(5) {
			s.Happened()
			<-time.After(2 * settle)
			if told.Load() != n+1 {
				t.Errorf("something happened %d times, and %d times it was told", n+1, told.Load())
			}
		}
		close(over)
		s.duties.stop()
		s.duties.at.Wait()
	})
}
