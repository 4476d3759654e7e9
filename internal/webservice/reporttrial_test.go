package webservice

import (
	"bytes"
	"net/mail"
	"os"
	"path/filepath"
	"testing"

	"rapport/internal/ledger"
	"rapport/internal/ledgerpool"
	"rapport/internal/paymenttest"
	"rapport/internal/shoptest"
	"rapport/reportconfig"
)

func open(t *testing.T) (*shoptest.Shop, *ledger.Ledger, *shop) {
	t.Helper()
	s := shoptest.New(t, shoptest.FourThursdays(t), paymenttest.Mailed("a@x.no"))
	s.Run()
	l := s.Open()
	t.Cleanup(func() { paymenttest.Must(t, l.Close()) })
	e := s.Engine(l, nil)
	config := &reportconfig.Config{Account: e.Account.ID, Archive: s.Archive, Location: e.Account.Location}
	return s, l, (&Service{Now: s.Clock.Now}).shop(Worker{Engine: e, Config: config, Ledger: &ledgerpool.Ledger{Ledger: l}})
}

// TestTheMessageIsTheOneThatWentOut, to the byte; where a file of it is gone it is not made up.
func TestTheMessageIsTheOneThatWentOut(t *testing.T) {
	s, l, shop := open(t)
	sent := s.Letters()
	rows, err := l.Deliveries(t.Context(), ledger.Filter{Account: shop.Config.Account})
	paymenttest.Must(t, err)
	eml, same, err := shop.Message(t.Context(), rows[0])
	if err != nil || !same || len(sent) != 1 || !bytes.Equal(eml, sent[0].Bytes()) {
		t.Fatalf("same %v, %v: %d bytes of %d", same, err, len(eml), len(sent[0].Bytes()))
	}
	files, err := filepath.Glob(filepath.Join(s.Archive, "*", "*", "*.csv"))
	paymenttest.Must(t, err)
	for _, path := range files {
		paymenttest.Must(t, os.Chmod(path, 0o600))
		paymenttest.Must(t, os.WriteFile(path, []byte("another"), 0o600))
	}
	if eml, same, err := shop.Message(t.Context(), rows[0]); err == nil && same || len(files) == 0 {
		t.Errorf("a file was altered, and the message is %d bytes, same %v", len(eml), same)
	}
}

// TestATrialLeavesNoMark: not in the ledger, not in the archive, and only one person hears of it.
func TestATrialLeavesNoMark(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	s, l, shop := open(t)
	s.Letters()
	before, err := l.ChangeCounter(t.Context())
	paymenttest.Must(t, err)
	report := *s.Reports[0]
	report.ID, report.Name = "preview", "Not there yet"
	period := paymenttest.Period(t, "2026-11-19")
	trial, err := shop.Try(t.Context(), report, period, nil)
	if err != nil || trial.Error != "" || len(trial.Files) == 0 || len(trial.Message) == 0 || trial.Sent || len(s.Letters()) != 0 {
		t.Fatalf("%v %q: %d files, sent %v", err, trial.Error, len(trial.Files), trial.Sent)
	}
	trial, err = shop.Try(t.Context(), report, period, &mail.Address{Address: "me@x.no"})
	if letters := s.Letters(); err != nil || !trial.Sent || len(letters) != 1 || letters[0].To != "me@x.no" {
		t.Errorf("%v, sent %v, %d letters", err, trial.Sent, len(letters))
	}
	after, err := l.ChangeCounter(t.Context())
	paymenttest.Must(t, err)
	if after != before {
		t.Errorf("the ledger was changed")
	}
	for _, pattern := range []string{filepath.Join(s.Archive, "preview"), filepath.Join(s.Archive, "*", "*", "trial"), filepath.Join(os.TempDir(), "rapport-trial-*")} {
		if left, err := filepath.Glob(pattern); err != nil || len(left) > 0 {
			t.Errorf("left behind: %v", left)
		}
	}
}
