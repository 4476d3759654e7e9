package engine_test

import (
	"context"
	"errors"
	"iter"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"rapport/internal/archive"
	"rapport/internal/ledger"
	"rapport/internal/payment"
	"rapport/internal/paymenttest"
	"rapport/internal/shoptest"
)

// A clocked source has a clock of its own, which it tells when it was read, or asked.
type clocked struct {
	paymenttest.Source
	clock *paymenttest.Clock
	asked *atomic.Bool
	away  *atomic.Bool // nobody hears it
}

func newClocked(t *testing.T, at time.Time) clocked {
	return clocked{paymenttest.OneSale(t), &paymenttest.Clock{Time: at}, new(atomic.Bool), new(atomic.Bool)}
}

func (c clocked) ServerTime() (time.Time, bool) { return c.clock.Time, c.asked.Load() }

func (c clocked) Transactions(ctx context.Context, q payment.Query) iter.Seq2[payment.Transaction, error] {
	c.asked.Store(true)
	return c.Source.Transactions(ctx, q)
}

func (c clocked) AskServerTime(context.Context) (time.Time, error) {
	if c.away.Load() {
		return time.Time{}, errors.New("no answer")
	}
	c.asked.Store(true)
	return c.clock.Time, nil
}

// TestNoPeriodIsMadeBeforeItIsOverByTheSourcesClock: our clock is ten days ahead for one look.
// Nothing of those days is reported before they are over, and all of it then.
func TestNoPeriodIsMadeBeforeItIsOverByTheSourcesClock(t *testing.T) {
	t.Parallel()
	s := shoptest.New(t, nil, paymenttest.Mailed("a@x.no"))
	source := newClocked(t, s.Clock.Time)
	s.Source = source
	s.Run()
	s.Days(10)
	if o := s.Run(); !o.Waiting || s.Sent() != "2026-11-19 a@x.no" {
		t.Errorf("ten days ahead: %+v", o)
	}
	if got := s.Alarms(); !strings.HasPrefix(got, "clock_differs: this machine says 30 Nov 2026 06:00 when Dintero says 20 Nov 2026 06:00") {
		t.Errorf("alarms %q", got)
	}
	s.Days(-10)
	for range 10 {
		s.Days(1)
		source.clock.Time = s.Clock.Time
		s.Run()
	}
	want := ""
	for day := 20; day <= 29; day++ {
		want += ", 2026-11-" + string(rune('0'+day/10)) + string(rune('0'+day%10)) + " a@x.no"
	}
	if got := s.Sent(); got != want[2:] {
		t.Errorf("sent %s, want %s", got, want[2:])
	}
	if got := s.Alarms(); got != "" {
		t.Errorf("alarms %q", got)
	}
}

func TestAClockThatIsAFewMinutesOffIsNoAlarm(t *testing.T) {
	t.Parallel()
	for apart, alarm := range map[time.Duration]bool{9 * time.Minute: false, -9 * time.Minute: false, 11 * time.Minute: true, -11 * time.Minute: true} {
		s := shoptest.New(t, nil, paymenttest.Mailed("a@x.no"))
		s.Source = newClocked(t, s.Clock.Add(apart))
		if s.Run(); strings.Contains(s.Alarms(), "clock_differs") != alarm {
			t.Errorf("%s: alarms %q", apart, s.Alarms())
		}
	}
}

// TestNothingExpiresByAClockThatIsAhead: five days are over when they are over.
func TestNothingExpiresByAClockThatIsAhead(t *testing.T) {
	t.Parallel()
	s := shoptest.New(t, nil, paymenttest.Mailed("a@x.no"))
	source := newClocked(t, s.Clock.Time)
	s.Source = source
	s.Box.Failing("a@x.no", shoptest.NotSent())
	s.Run()
	s.Days(6)
	state := func() ledger.DeliveryState { return s.DeliveryOf("2026-11-19").State }
	if s.Run(); state() != ledger.Deferred {
		t.Errorf("the source says that it is the 20th, and it is %s", state())
	}
	s.Clock.Time = s.Clock.Add(2 * time.Hour)
	source.away.Store(true)
	source.asked.Store(false)
	if s.Run(); state() != ledger.Deferred {
		t.Errorf("nobody knows, and it is %s", state())
	}
	s.Clock.Time = s.Clock.Add(2 * time.Hour)
	source.clock.Time = s.Clock.Time
	source.away.Store(false)
	if s.Run(); state() != ledger.Expired {
		t.Errorf("the source says so too, and it is %s", state())
	}
}

// TestNothingIsPrunedByAClockThatIsAhead, nor more than a day's worth by one that is right.
func TestNothingIsPrunedByAClockThatIsAhead(t *testing.T) {
	t.Parallel()
	s := shoptest.New(t, nil, paymenttest.Mailed("a@x.no"))
	source := newClocked(t, s.Clock.Time)
	s.Source, s.Catchup, s.Retention = source, 100*24*time.Hour, 3*24*time.Hour
	held := func() (n int) {
		for _, day := range []string{"2026-11-19", "2026-11-20", "2026-11-21"} {
			if h, _ := (archive.Archive{Dir: s.Archive}).Holds(t.Context(), "test", day); h {
				n++
			}
		}
		return n
	}
	for range 3 {
		s.Run()
		s.Days(1)
		source.clock.Time = s.Clock.Time
	}
	s.Days(50)
	if s.Run(); held() != 3 {
		t.Errorf("%d are left, by the source's clock all are young", held())
	}
	source.clock.Time = s.Clock.Time
	for want := 2; want >= 0; want-- {
		if s.Run(); held() != want {
			t.Errorf("%d are left, want %d", held(), want)
		}
		s.Clock.Time = s.Clock.Add(time.Hour)
	}
}
