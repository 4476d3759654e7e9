package engine_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"rapport/internal/builder"
	"rapport/internal/ledger"
	"rapport/internal/payment"
	"rapport/internal/paymenttest"
	"rapport/internal/shoptest"
	ourmail "rapport/mail"
)

// TestWhatWasMadeBeforeItWasOverIsMadeAgain: an earlier version believed a clock that was a
// day ahead. Once it is over by a clock that the source bears out the report is made again, as
// a correction that says why, and everybody gets it, those too for whom the first waits.
func TestWhatWasMadeBeforeItWasOverIsMadeAgain(t *testing.T) {
	t.Parallel()
	s := shoptest.New(t, paymenttest.Source{}, paymenttest.Mailed("a@x.no", "b@x.no")) // without a clock
	s.Days(1)
	s.Box.Failing("b@x.no", shoptest.NotSent())
	s.Run()
	s.Days(-1)
	s.Box.Fail = nil
	source := newClocked(t, s.Clock.Time)
	source.Sales = []payment.Transaction{shoptest.Sold(t, "late", "2026-11-20", "Bergen", 700)}
	source.asked.Store(true)
	s.Source = source
	s.Run()
	if got := s.Sent(); strings.Count(got, "2026-11-20") != 1 {
		t.Errorf("the 20th is not over: %s", got)
	}
	s.Days(1)
	source.clock.Time = s.Clock.Time
	if o := s.Run(); o != (builder.Outcome{}) || len(s.Box.Got) != 2 {
		t.Fatalf("%+v: %s", o, s.Said())
	}
	for _, m := range s.Box.Got {
		subject, text := shoptest.SubjectAndText(t, m)
		if !strings.HasSuffix(subject, "nr. 1-1") || !strings.Contains(text, "erstatter den som ble laget før perioden var over") || !strings.Contains(text, "7,00") {
			t.Errorf("%s\n%s", subject, text)
		}
	}
	files, err := filepath.Glob(filepath.Join(s.Archive, "test", "2026-11-20", "*.csv"))
	if err != nil || len(files) != 2 || !strings.HasSuffix(files[1], "transactions_2026-11-20_correction-1.csv") {
		t.Errorf("the archive holds %v, %v", files, err)
	}
	s.Sent()
	s.Days(1)
	source.clock.Time = s.Clock.Time
	if s.Run(); s.Sent() != "2026-11-21 a@x.no, 2026-11-21 b@x.no" {
		t.Errorf("once: %s", s.Said())
	}
}

// TestAWaitingMailWhoseFilesAreGoneIsMadeAnew: for who got nothing of it.
func TestAWaitingMailWhoseFilesAreGoneIsMadeAnew(t *testing.T) {
	t.Parallel()
	s := shoptest.New(t, paymenttest.OneSale(t), paymenttest.Mailed("a@x.no", "b@x.no"))
	s.Box.Failing("b@x.no", shoptest.NotSent())
	s.Run()
	paymenttest.Must(t, os.RemoveAll(filepath.Join(s.Archive, "test")))
	s.Box.Fail = nil
	s.Sent()
	s.Clock.Time = s.Clock.Add(15 * time.Minute)
	s.Run()
	if o := s.Run(); o != (builder.Outcome{}) || len(s.Box.Got) != 1 || s.Box.Got[0].To != "b@x.no" {
		t.Fatalf("%+v: %s", o, s.Said())
	}
	if subject, text := shoptest.SubjectAndText(t, s.Box.Got[0]); !strings.HasSuffix(subject, "nr. 1-1") || !strings.Contains(text, "er laget på nytt") {
		t.Errorf("%s\n%s", subject, text)
	}
}

// TestALostMailOfWhichSomethingLeftIsToldAtOnce: it cannot be sent again the same.
func TestALostMailOfWhichSomethingLeftIsToldAtOnce(t *testing.T) {
	t.Parallel()
	s := shoptest.New(t, paymenttest.OneSale(t), paymenttest.Mailed("a@x.no"))
	s.Box.Failing("a@x.no", &ourmail.Error{Verdict: ourmail.Uncertain, Step: "dot"})
	s.Run()
	paymenttest.Must(t, os.RemoveAll(filepath.Join(s.Archive, "test")))
	s.Box.Fail = nil
	s.Clock.Time = s.Clock.Add(15 * time.Minute)
	if o := s.Run(); !o.Waiting || len(s.Box.Got) > 1 {
		t.Errorf("%+v: %s", o, s.Said())
	}
	if got := s.Alarms(); !strings.Contains(got, "lost: test 2026-11-19 to a@x.no") {
		t.Errorf("alarms %q", got)
	}
	if state := s.Delivery("a@x.no").State; state == ledger.Queued {
		t.Errorf("it is %s", state)
	}
}
