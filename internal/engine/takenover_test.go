package engine_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"rapport/internal/ledger"
	"rapport/internal/paymenttest"
	"rapport/internal/shoptest"
)

// TestWhatOthersHaveTakenOverIsNoAlarm: they took this process for dead while it was stopped, and swept up what it
// was making; the operator hears of nothing that failed.
func TestWhatOthersHaveTakenOverIsNoAlarm(t *testing.T) {
	t.Parallel()
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

// TestWhatOthersAreMakingIsNotLate, however late they began, unless an earlier try of it failed.
func TestWhatOthersAreMakingIsNotLate(t *testing.T) {
	t.Parallel()
	s := shoptest.New(t, paymenttest.OneSale(t), paymenttest.Mailed("a@x.no"))
	s.Clock.Time = s.Clock.Add(12 * time.Hour)
	others := s.Open()
	defer others.Close()
	d := s.Engine(others, nil)
	paymenttest.Must(t, d.PlanDue(t.Context(), s.Clock.Now()))
	owed, err := others.OwedPeriods(t.Context(), d.Account.ID)
	paymenttest.Must(t, err)
	p, err := others.ClaimPeriod(t.Context(), owed[0].ID)
	paymenttest.Must(t, err)
	if s.Run(); s.Alarms() != "" {
		t.Errorf("at its first try: %q", s.Alarms())
	}
	paymenttest.Must(t, others.PostponePeriod(t.Context(), p.Claim, ledger.Postponed{State: ledger.Owed, At: s.Clock.Now(), NextTry: s.Clock.Now(), Error: "no"}))
	_, err = others.ClaimPeriod(t.Context(), owed[0].ID)
	paymenttest.Must(t, err)
	if s.Run(); !strings.HasPrefix(s.Alarms(), "late: test") {
		t.Errorf("at its second try: %q", s.Alarms())
	}
}
