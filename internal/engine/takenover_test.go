package engine_test

import (
	"os"
	"path/filepath"
	"testing"

	"rapport/internal/ledger"
	"rapport/internal/paymenttest"
	"rapport/internal/shoptest"
)

// TestWhatOthersHaveTakenOverIsNoAlarm: they took this process for dead while it was stopped, and swept up what it
// was making; the operator hears of nothing that failed.
func TestWhatOthersHaveTakenOverIsNoAlarm(t *testing.T) {
	for _, taken := range []bool{true, false} {
		s := shoptest.New(t, nil, paymenttest.Mailed("a@x.no"))
		s.Source = watched{paymenttest.OneSale(t), func() {
			if taken {
				others := s.Open()
				paymenttest.Must(t, others.Write(t.Context(), func(t ledger.Tx) error {
					_, err := t.Exec(`UPDATE period SET claim = 'theirs'`)
					return err
				}))
				paymenttest.Must(t, others.Close())
			}
			paymenttest.Must(t, os.RemoveAll(filepath.Join(s.Archive, "test", "2026-11-19")))
		}}
		_, _ = runOnce(s)
		if got := s.Alarms(); (got == "") != taken {
			t.Errorf("taken over: %t, alarms %q, said %s", taken, got, s.Said())
		}
	}
}
