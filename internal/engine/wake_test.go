package engine_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"rapport/fetch"
	"rapport/internal/builder"
	"rapport/internal/engine"
	"rapport/internal/ledger"
	"rapport/internal/payment"
	"rapport/internal/paymenttest"
	"rapport/internal/shoptest"
	ourmail "rapport/mail"
	"rapport/reportconfig"
)

// wake is what the daemon does: it wakes the desk at the shop's time, and again as long as
// the desk asks for it, until nothing is under way.
func wake(s *shoptest.Shop, d *engine.Engine, pokes *atomic.Int64) (next time.Time) {
	s.T.Helper()
	s.Events = nil
	for before := int64(-1); before != pokes.Load(); {
		before = pokes.Load()
		var err error
		if next, err = d.Wake(context.Background(), s.Clock.Now()); err != nil {
			s.T.Fatal(err)
		}
		<-d.Idle()
	}
	return next
}

// daemon is a desk that is woken.
func daemon(s *shoptest.Shop) (d *engine.Engine, pokes *atomic.Int64) {
	book := s.Open()
	s.T.Cleanup(func() { book.Close() })
	return daemonOf(s, book)
}

// daemonOf is a desk that is woken, with a ledger.
func daemonOf(s *shoptest.Shop, book *ledger.Ledger) (d *engine.Engine, pokes *atomic.Int64) {
	pokes = new(atomic.Int64)
	return s.Engine(book, func() { pokes.Add(1) }), pokes
}

func TestTheDaemonRetriesAfterFiveMinutesDoublingToAnHour(t *testing.T) {
	t.Parallel()
	s := shoptest.New(t, paymenttest.OneSale(t), paymenttest.Mailed("a@x.no"))
	s.Box.Failing("a@x.no", shoptest.NotSent())
	d, pokes := daemon(s)
	wake(s, d, pokes)
	for i, minutes := range []int{5, 10, 20, 40, 60, 60} {
		next := s.Delivery("a@x.no").NextTry.Sub(s.Clock.Now())
		want := time.Duration(minutes) * time.Minute
		if next < want*9/10 || next > want*11/10 {
			t.Errorf("retry %d after %s, want about %s", i, next, want)
		}
		s.Clock.Time = s.Clock.Add(next - time.Second)
		if wake(s, d, pokes); s.Box.Asked != i+1 {
			t.Fatalf("asked %d times, too early", s.Box.Asked)
		}
		s.Clock.Time = s.Clock.Add(time.Second)
		if wake(s, d, pokes); s.Box.Asked != i+2 {
			t.Fatalf("asked %d times after the %d. wait", s.Box.Asked, i+1)
		}
	}
}

func TestTheDaemonSeesWhatARunLeftForLater(t *testing.T) {
	t.Parallel()
	s := shoptest.New(t, paymenttest.OneSale(t), paymenttest.Mailed("a@x.no"))
	d, pokes := daemon(s)
	wake(s, d, pokes)
	s.Sent()
	s.Days(1)
	s.Box.Failing("a@x.no", shoptest.NotSent())
	s.Run() // another process is faster
	s.Box.Fail = nil
	next := wake(s, d, pokes)
	if next.After(s.Clock.Add(time.Minute)) {
		t.Errorf("it looks again at %s", next)
	}
	s.Clock.Time = s.Clock.Add(6 * time.Minute)
	if wake(s, d, pokes); s.Sent() != "2026-11-20 a@x.no" {
		t.Errorf("the retry is the daemon's as much: %s", s.Said())
	}
	id := s.DeliveryOf("2026-11-20").ID
	book := s.Open()
	_, err := book.Resend(t.Context(), id, s.Clock.Now())
	if paymenttest.Must(t, errors.Join(err, book.Close())); wake(s, d, pokes).IsZero() || s.Sent() != "2026-11-20 a@x.no" {
		t.Errorf("and so is what the operator wants again: %s", s.Said())
	}
}

func TestARelayThatIsDownStopsItsQueueAndNoOtherDesk(t *testing.T) {
	t.Parallel()
	s := shoptest.New(t, paymenttest.OneSale(t), paymenttest.Mailed("a@x.no", "b@x.no", "c@x.no"))
	for _, to := range s.Reports[0].Emails {
		s.Box.Failing(to.Address, shoptest.RelayOut())
	}
	d, pokes := daemon(s)
	if wake(s, d, pokes); s.Box.Asked != 1 {
		t.Errorf("asked %d times", s.Box.Asked)
	}
	s.Clock.Time = s.Clock.Add(6 * time.Minute)
	if wake(s, d, pokes); s.Box.Asked != 2 {
		t.Errorf("asked %d times at the next try", s.Box.Asked)
	}
	s.Box.Fail = nil
	s.Clock.Time = s.Clock.Add(12 * time.Minute)
	if wake(s, d, pokes); strings.Count(s.Sent(), "@") != 3 {
		t.Errorf("all go once it is up: %s", s.Said())
	}
}

func TestWhatADeskLeavesAtAReloadTheNextOneTakesUp(t *testing.T) {
	t.Parallel()
	s := shoptest.New(t, paymenttest.OneSale(t), paymenttest.Mailed("a@x.no", "b@x.no"))
	old, pokes := daemon(s)
	began, end := make(chan struct{}), make(chan struct{})
	s.Box.During = func(f ourmail.Frozen) {
		if f.To == "a@x.no" {
			close(began)
			<-end
		}
	}
	s.Box.Failing("b@x.no", shoptest.NotSent())
	if _, err := old.Wake(t.Context(), s.Clock.Now()); err != nil {
		t.Fatal(err)
	}
	<-began
	drained := make(chan error, 1)
	go func() { drained <- old.Drain(context.Background()) }()
	<-old.Stopped()
	next := s.Engine(old.Ledger, func() { pokes.Add(1) })
	if _, err := next.Wake(t.Context(), s.Clock.Now()); err != nil {
		t.Fatal(err)
	}
	<-next.Idle()
	s.Box.Mu.Lock()
	s.Box.Fail = nil
	s.Box.Mu.Unlock()
	close(end)
	if err := <-drained; err != nil {
		t.Fatal(err)
	}
	s.Clock.Time = s.Clock.Add(6 * time.Minute)
	wake(s, next, pokes)
	if got := s.Sent(); strings.Count(got, "a@x.no") != 1 || strings.Count(got, "b@x.no") != 1 {
		t.Errorf("each once: %s", got)
	}
}

func TestAStopInTheMiddleOfAFetchCountsNothing(t *testing.T) {
	t.Parallel()
	s := shoptest.New(t, nil, paymenttest.Mailed("a@x.no"))
	d, _ := daemon(s)
	began := make(chan struct{})
	d.Builder.Source = stuck{began: began}
	if _, err := d.Wake(t.Context(), s.Clock.Now()); err != nil {
		t.Fatal(err)
	}
	<-began
	if err := d.Drain(t.Context()); err != nil {
		t.Fatal(err)
	}
	owed, err := d.Ledger.OwedPeriods(t.Context(), d.Account.ID)
	if err != nil || len(owed) != 1 || owed[0].Attempts+owed[0].Crashes != 0 || owed[0].Claimed {
		t.Errorf("%+v, %v", owed, err)
	}
}

func TestADinteroThatRefusesUsIsAskedOnceInAQuarterOfAnHour(t *testing.T) {
	t.Parallel()
	var reports []*reportconfig.Report
	for i := range 5 {
		rep := paymenttest.Mailed("a@x.no")
		rep.ID, rep.Data = fmt.Sprint("r", i), reportconfig.Transactions{Stores: []string{fmt.Sprint(i)}}
		reports = append(reports, rep)
	}
	asked := new(atomic.Int64)
	s := shoptest.New(t, refusing{asked: asked}, reports...)
	d, pokes := daemon(s)
	wake(s, d, pokes)
	if n := asked.Load(); n > engine.MakersAtOnce {
		t.Errorf("asked %d times", n)
	}
	before := asked.Load()
	s.Clock.Time = s.Clock.Add(13 * time.Minute)
	if wake(s, d, pokes); asked.Load() != before {
		t.Error("asked again too early")
	}
	s.Clock.Time = s.Clock.Add(5 * time.Minute)
	if wake(s, d, pokes); asked.Load() == before {
		t.Error("and then not at all")
	}
	s.Source = paymenttest.OneSale(t)
	if o := s.Run(); o != (builder.Outcome{}) || strings.Count(s.Sent(), "a@x.no") != 5 {
		t.Errorf("%+v: %s", o, s.Said())
	}
}

// refusing is a Dintero that does not take our secret.
type refusing struct {
	paymenttest.Source
	asked *atomic.Int64
}

func (r refusing) Transactions(context.Context, payment.Query) iter.Seq2[payment.Transaction, error] {
	r.asked.Add(1)
	return paymenttest.Listing[payment.Transaction](nil, &fetch.StatusError{Code: 401})
}
