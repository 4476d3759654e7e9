package pipeline

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
	ourmail "rapport/mail"
	"rapport/reportconfig"
)

// wake is what the daemon does: it wakes the desk at the shop's time, and again as long as
// the desk asks for it, until nothing is under way.
func wake(s *shop, d *Desk, pokes *atomic.Int64) (next time.Time) {
	s.t.Helper()
	s.events = nil
	for before := int64(-1); before != pokes.Load(); {
		before = pokes.Load()
		var err error
		if next, err = d.Wake(context.Background(), s.clock.now()); err != nil {
			s.t.Fatal(err)
		}
		<-d.Idle()
	}
	return next
}

// daemon is a desk that is woken.
func daemon(s *shop) (d *Desk, pokes *atomic.Int64) {
	book := s.open()
	s.t.Cleanup(func() { book.Close() })
	pokes = new(atomic.Int64)
	return s.desk(book, func() { pokes.Add(1) }), pokes
}

func TestTheDaemonRetriesAfterFiveMinutesDoublingToAnHour(t *testing.T) {
	s := newShop(t, oneSale(t), mailed("a@x.no"))
	s.box.failing("a@x.no", notSent())
	d, pokes := daemon(s)
	wake(s, d, pokes)
	for i, minutes := range []int{5, 10, 20, 40, 60, 60} {
		next := s.delivery("a@x.no").NextTry.Sub(s.clock.now())
		want := time.Duration(minutes) * time.Minute
		if next < want*9/10 || next > want*11/10 {
			t.Errorf("retry %d after %s, want about %s", i, next, want)
		}
		s.clock.Time = s.clock.Add(next - time.Second)
		if wake(s, d, pokes); s.box.asked != i+1 {
			t.Fatalf("asked %d times, too early", s.box.asked)
		}
		s.clock.Time = s.clock.Add(time.Second)
		if wake(s, d, pokes); s.box.asked != i+2 {
			t.Fatalf("asked %d times after the %d. wait", s.box.asked, i+1)
		}
	}
}

func TestTheDaemonSeesWhatARunLeftForLater(t *testing.T) {
	s := newShop(t, oneSale(t), mailed("a@x.no"))
	d, pokes := daemon(s)
	wake(s, d, pokes)
	s.sent()
	s.days(1)
	s.box.failing("a@x.no", notSent())
	s.run() // another process is faster
	s.box.fail = nil
	next := wake(s, d, pokes)
	if next.After(s.clock.Add(time.Minute)) {
		t.Errorf("it looks again at %s", next)
	}
	s.clock.Time = s.clock.Add(6 * time.Minute)
	if wake(s, d, pokes); s.sent() != "2026-11-20 a@x.no" {
		t.Errorf("the retry is the daemon's as much: %s", s.said())
	}
	id := s.deliveryOf("2026-11-20").ID
	book := s.open()
	_, err := book.Resend(t.Context(), id, s.clock.now())
	if must(t, errors.Join(err, book.Close())); wake(s, d, pokes).IsZero() || s.sent() != "2026-11-20 a@x.no" {
		t.Errorf("and so is what the operator wants again: %s", s.said())
	}
}

func TestARelayThatIsDownStopsItsQueueAndNoOtherDesk(t *testing.T) {
	s := newShop(t, oneSale(t), mailed("a@x.no", "b@x.no", "c@x.no"))
	for _, to := range s.reports[0].Emails {
		s.box.failing(to.Address, relayOut())
	}
	d, pokes := daemon(s)
	if wake(s, d, pokes); s.box.asked != 1 {
		t.Errorf("asked %d times", s.box.asked)
	}
	s.clock.Time = s.clock.Add(6 * time.Minute)
	if wake(s, d, pokes); s.box.asked != 2 {
		t.Errorf("asked %d times at the next try", s.box.asked)
	}
	s.box.fail = nil
	s.clock.Time = s.clock.Add(12 * time.Minute)
	if wake(s, d, pokes); strings.Count(s.sent(), "@") != 3 {
		t.Errorf("all go once it is up: %s", s.said())
	}
}

func TestWhatADeskLeavesAtAReloadTheNextOneTakesUp(t *testing.T) {
	s := newShop(t, oneSale(t), mailed("a@x.no", "b@x.no"))
	old, pokes := daemon(s)
	began, end := make(chan struct{}), make(chan struct{})
	s.box.during = func(f ourmail.Frozen) {
		if f.To == "a@x.no" {
			close(began)
			<-end
		}
	}
	s.box.failing("b@x.no", notSent())
	if _, err := old.Wake(t.Context(), s.clock.now()); err != nil {
		t.Fatal(err)
	}
	<-began
	drained := make(chan error, 1)
	go func() { drained <- old.Drain(context.Background()) }()
	<-old.Stopped()
	next := s.desk(old.Ledger, func() { pokes.Add(1) })
	if _, err := next.Wake(t.Context(), s.clock.now()); err != nil {
		t.Fatal(err)
	}
	<-next.Idle()
	s.box.mu.Lock()
	s.box.fail = nil
	s.box.mu.Unlock()
	close(end)
	if err := <-drained; err != nil {
		t.Fatal(err)
	}
	s.clock.Time = s.clock.Add(6 * time.Minute)
	wake(s, next, pokes)
	if got := s.sent(); strings.Count(got, "a@x.no") != 1 || strings.Count(got, "b@x.no") != 1 {
		t.Errorf("each once: %s", got)
	}
}

func TestAStopInTheMiddleOfAFetchCountsNothing(t *testing.T) {
	s := newShop(t, nil, mailed("a@x.no"))
	d, _ := daemon(s)
	began := make(chan struct{})
	d.Builder.Source = stuck{began: began}
	if _, err := d.Wake(t.Context(), s.clock.now()); err != nil {
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
	var reports []*reportconfig.Report
	for i := range 5 {
		rep := mailed("a@x.no")
		rep.ID, rep.Data = fmt.Sprint("r", i), reportconfig.Transactions{Stores: []string{fmt.Sprint(i)}}
		reports = append(reports, rep)
	}
	asked := new(atomic.Int64)
	s := newShop(t, refusing{asked: asked}, reports...)
	d, pokes := daemon(s)
	wake(s, d, pokes)
	if n := asked.Load(); n > MakersAtOnce {
		t.Errorf("asked %d times", n)
	}
	before := asked.Load()
	s.clock.Time = s.clock.Add(13 * time.Minute)
	if wake(s, d, pokes); asked.Load() != before {
		t.Error("asked again too early")
	}
	s.clock.Time = s.clock.Add(5 * time.Minute)
	if wake(s, d, pokes); asked.Load() == before {
		t.Error("and then not at all")
	}
	s.source = oneSale(t)
	if o := s.run(); o != (Outcome{}) || strings.Count(s.sent(), "a@x.no") != 5 {
		t.Errorf("%+v: %s", o, s.said())
	}
}

// refusing is a Dintero that does not take our secret.
type refusing struct {
	things
	asked *atomic.Int64
}

func (r refusing) Transactions(context.Context, fetch.Query) iter.Seq2[fetch.Transaction, error] {
	r.asked.Add(1)
	return all[fetch.Transaction](nil, &fetch.StatusError{Code: 401})
}
