package engine_test

import (
	"context"
	"iter"
	"net/mail"
	"strings"
	"testing"
	"time"

	"rapport/internal/builder"
	"rapport/internal/payment"
	"rapport/internal/paymenttest"
	"rapport/internal/shoptest"
	"rapport/reportconfig"
)

// A watched source says when it is read.
type watched struct {
	paymenttest.Source
	read func()
}

func (w watched) Transactions(ctx context.Context, q payment.Query) iter.Seq2[payment.Transaction, error] {
	w.read()
	return w.Source.Transactions(ctx, q)
}

// TestWhatEndedTheProcessIsMadeLast: what never did goes first, and is sent.
func TestWhatEndedTheProcessIsMadeLast(t *testing.T) {
	t.Parallel()
	bad, good := paymenttest.Mailed("bad@x.no"), paymenttest.Mailed("good@x.no")
	bad.ID, good.ID = "a-bad", "z-good"
	s := shoptest.New(t, nil, bad, good)
	var sent []string // when the source is read
	s.Source = watched{paymenttest.OneSale(t), func() { sent = append(sent, "["+recipients(s)+"]") }}
	die(s, "a-bad")
	s.Run()
	if got := strings.Join(sent, " "); got != "[] [good@x.no]" {
		t.Errorf("when the source was read there were sent %s", got)
	}
	if got := recipients(s); got != "good@x.no bad@x.no" {
		t.Errorf("sent %s", got)
	}
}

// TestTheThirdCrashIsAnAlarmAndAPause: whoever starts the program again and again must not
// have it end again and again.
func TestTheThirdCrashIsAnAlarmAndAPause(t *testing.T) {
	t.Parallel()
	s := shoptest.New(t, paymenttest.OneSale(t), paymenttest.Mailed("a@x.no"))
	s.Operator = &mail.Address{Address: "drift@x.no"}
	for range 3 {
		die(s, "test")
	}
	if o := s.Run(); !o.Waiting || s.Said() != "" {
		t.Errorf("it is left alone: %+v %s", o, s.Said())
	}
	if got := s.Alarms(); !strings.HasPrefix(got, "crash: test 2026-11-19") {
		t.Errorf("alarms %q", got)
	}
	if len(s.Box.Got) != 1 || s.Box.Got[0].To != "drift@x.no" {
		t.Errorf("the operator got %d mails", len(s.Box.Got))
	}
	s.Clock.Time = s.Clock.Add(61 * time.Minute)
	s.Run()
	if got := s.Alarms(); got != "" || !strings.Contains(recipients(s), "a@x.no") {
		t.Errorf("after an hour it is made: %q, %s", got, recipients(s))
	}
}

// TestASuspectThatIsAskedForIsTried: whoever mended it need not wait.
func TestASuspectThatIsAskedForIsTried(t *testing.T) {
	t.Parallel()
	s := shoptest.New(t, paymenttest.OneSale(t), paymenttest.Mailed("a@x.no"))
	for range 3 {
		die(s, "test")
	}
	if o := s.Run("2026-11-19"); o != (builder.Outcome{}) || recipients(s) != "a@x.no" {
		t.Errorf("%+v %s", o, s.Said())
	}
}

// TestTheDaemonTellsWhatStandsOnceNothingElseIsUnderWay, and lets suspects be tried then.
func TestTheDaemonTellsWhatStandsOnceNothingElseIsUnderWay(t *testing.T) {
	t.Parallel()
	late, bad := paymenttest.Mailed("late@x.no"), paymenttest.Mailed("bad@x.no")
	late.ID, bad.ID = "late", "bad"
	late.Data = reportconfig.Wallets{}
	s := shoptest.New(t, nil, late, bad)
	s.Source = noWallets{paymenttest.OneSale(t)}
	s.Operator = &mail.Address{Address: "drift@x.no"}
	die(s, "bad")
	d, pokes := daemon(s)
	wake(s, d, pokes)
	if got := recipients(s); got != "bad@x.no" {
		t.Errorf("sent %s", got)
	}
	s.Clock.Time = s.Clock.Add(2 * time.Hour)
	if wake(s, d, pokes); recipients(s) != "bad@x.no drift@x.no" {
		t.Errorf("sent %s", recipients(s))
	}
}

// noWallets is a source that cannot be asked for wallets for now.
type noWallets struct{ paymenttest.Source }

func (noWallets) Wallets(context.Context, payment.Query) iter.Seq2[payment.WalletTransaction, error] {
	return paymenttest.Listing[payment.WalletTransaction](nil, context.DeadlineExceeded)
}

// die leaves what a process leaves that ends while it makes a report.
func die(s *shoptest.Shop, id string) {
	s.T.Helper()
	book := s.Open()
	d := s.Engine(book, nil)
	paymenttest.Must(s.T, d.PlanDue(s.T.Context(), s.Clock.Now()))
	owed, err := book.OwedPeriods(s.T.Context(), d.Account.ID)
	paymenttest.Must(s.T, err)
	for _, p := range owed {
		if p.Report == id {
			_, err = book.ClaimPeriod(s.T.Context(), p.ID)
			paymenttest.Must(s.T, err)
		}
	}
	paymenttest.Must(s.T, book.Close())
	next := s.Open() // which sees that the other is dead
	_, err = next.Reap(s.T.Context())
	paymenttest.Must(s.T, err)
	paymenttest.Must(s.T, next.Close())
}

// recipients are who got something so far.
func recipients(s *shoptest.Shop) string {
	s.Box.Mu.Lock()
	defer s.Box.Mu.Unlock()
	var out []string
	for _, m := range s.Box.Got {
		out = append(out, m.To)
	}
	return strings.Join(out, " ")
}

// TestOthersThatNeverRestKeepASingleCrashWaitingForSecondsOnly: most likely it was a power cut.
func TestOthersThatNeverRestKeepASingleCrashWaitingForSecondsOnly(t *testing.T) {
	t.Parallel()
	once, twice := paymenttest.Mailed("once@x.no"), paymenttest.Mailed("twice@x.no")
	once.ID, twice.ID = "once", "twice"
	s := shoptest.New(t, paymenttest.OneSale(t), once, twice)
	s.OthersRest = func() bool { return false }
	die(s, "once")
	s.Reports = s.Reports[1:]
	die(s, "twice")
	die(s, "twice")
	s.Reports = []*reportconfig.Report{once, twice}
	d, pokes := daemon(s)
	for _, step := range []struct {
		after time.Duration
		want  string
	}{{0, ""}, {16 * time.Second, "once@x.no"}, {5 * time.Minute, "once@x.no"}, {15 * time.Minute, "once@x.no twice@x.no"}} {
		s.Clock.Time = s.Clock.Add(step.after)
		if wake(s, d, pokes); recipients(s) != step.want {
			t.Errorf("after %s: sent %q, want %q", step.after, recipients(s), step.want)
		}
	}
}
