package lateevents_test

import (
	"math/rand/v2"
	"net/mail"
	"slices"
	"strings"
	"testing"
	"time"

	"rapport/internal/builder"
	"rapport/internal/calendar"
	"rapport/internal/payment"
	"rapport/internal/paymenttest"
	"rapport/internal/shoptest"
	"rapport/reportconfig"
)

// watched is a shop with an operator whose daily report of the tests' day is made of list.
func watched(t *testing.T, rep *reportconfig.Report, list ...payment.Transaction) *shoptest.Shop {
	t.Helper()
	s := shoptest.New(t, paymenttest.Source{Sales: list}, rep)
	s.Operator = &mail.Address{Address: "drift@x.no"}
	if o := s.Run(); o != (builder.Outcome{}) || s.Alarms() != "" {
		t.Fatalf("%+v: %s", o, s.Said())
	}
	return s
}

// later is what the next day's run finds.
func later(s *shoptest.Shop, list ...payment.Transaction) string {
	s.T.Helper()
	s.Days(1)
	s.Source = paymenttest.Source{Sales: list}
	if o := s.Run(); o != (builder.Outcome{}) {
		s.T.Fatalf("%+v: %s", o, s.Said())
	}
	return s.Alarms()
}

func TestAnEventThatAppearsInAClosedPeriodIsToldOnce(t *testing.T) {
	a, b := paymenttest.Captured(t, "a", 10000), paymenttest.Captured(t, "b", 5000)
	b.Events = append(b.Events, paymenttest.Event(t, "REFUND", "23:59", 700))
	s := watched(t, paymenttest.Mailed("a@x.no"), a)
	want := "changed: test 2026-11-19 was made 2026-11-20 06:00, and now has what it did not have then: " +
		"capture b, 2026-11-19 12:00:00, NOK 50.00; refund b, 2026-11-19 23:59:00, NOK -7.00"
	s.Box.Got = nil
	if got := later(s, a, b); got != want {
		t.Errorf("told %q", got)
	}
	told := 0
	for range 3 {
		for _, m := range s.Box.Got {
			if m.To == "drift@x.no" {
				told++
			}
		}
		s.Box.Got = nil
		later(s, b, a)
	}
	if told != 1 {
		t.Errorf("told %d times", told)
	}
	c := paymenttest.Captured(t, "c", 1)
	if got := later(s, a, b, c); strings.Count(got, "changed") > 2 || !strings.Contains(got, "capture c, 2026-11-19 12:00:00, NOK 0.01") {
		t.Errorf("another is told by itself: %q", got)
	}
}

func TestWhatIsSeenAgainDidNotChange(t *testing.T) {
	r := rand.New(rand.NewPCG(6, 6))
	for round := range 15 {
		list := paymenttest.RandomThings(t, r).Sales
		for i := range list {
			list[i].UpdatedAt = list[i].UpdatedAt.Add(time.Duration(i))
		}
		rep := paymenttest.Mailed("a@x.no")
		if r.IntN(2) == 0 {
			rep.Data = reportconfig.Transactions{Stores: []string{"s1", "s2"}}
		}
		s := watched(t, rep, list...)
		again := slices.Concat(list, list)
		r.Shuffle(len(again), func(i, j int) { again[i], again[j] = again[j], again[i] })
		for i := range again {
			again[i].Status = "REFUNDED" // what changes besides is not a row's identity
		}
		if got := later(s, again...); got != "" {
			t.Fatalf("round %d: %s", round, got)
		}
	}
}

func TestOnlyTheCopyThatCountsIsLookedAt(t *testing.T) {
	now := paymenttest.Captured(t, "a", 10000)
	stale := paymenttest.Captured(t, "a", 9000)
	stale.UpdatedAt = now.UpdatedAt.Add(-time.Hour)
	s := watched(t, paymenttest.Mailed("a@x.no"), now)
	for _, list := range [][]payment.Transaction{{stale, now}, {now, stale}} {
		if got := later(s, list...); got != "" {
			t.Error(got)
		}
	}
	altered := paymenttest.Captured(t, "a", 10001)
	altered.UpdatedAt = now.UpdatedAt.Add(time.Hour)
	if got := later(s, now, altered); !strings.HasSuffix(got, "capture a, 2026-11-19 12:00:00, NOK 100.01") {
		t.Errorf("another amount is another row: %q", got)
	}
	twice := altered
	twice.Events = append(slices.Clone(altered.Events), altered.Events[1]) // no ids: two captures
	if got := later(s, altered); got != "" {
		t.Errorf("told again: %q", got)
	}
	if got := later(s, twice); strings.Count(got, "NOK 100.01") != 1 {
		t.Errorf("an equal row more is a row more: %q", got)
	}
}

func TestAChangeIsOneOfReportsThatAdmitIt(t *testing.T) {
	here, elsewhere := paymenttest.Captured(t, "a", 10000), paymenttest.Captured(t, "b", 500)
	elsewhere.Store.ID = "sc031"
	rep := paymenttest.Mailed("a@x.no")
	rep.Data = reportconfig.Transactions{Stores: []string{"sc029"}}
	s := watched(t, rep, here)
	if got := later(s, here, elsewhere); got != "" {
		t.Errorf("another store's: %q", got)
	}
	s.Reports[0].Data = reportconfig.Transactions{}
	if got := later(s, here, elsewhere); got != "" {
		t.Errorf("its filter was another: %q", got)
	}

	split := paymenttest.Captured(t, "c", 900)
	split.Events[1].Splits = []payment.Split{{PayoutDestination: "P1", Amount: 300}, {PayoutDestination: "P2", Amount: 600}}
	rep = paymenttest.Mailed("a@x.no")
	rep.Data = reportconfig.Transactions{Sellers: []string{"P1"}}
	s = watched(t, rep, here)
	if got := later(s, here, elsewhere, split); !strings.HasSuffix(got, "capture c, 2026-11-19 12:00:00, NOK 3.00") || strings.Contains(got, "capture b") {
		t.Errorf("the seller's share: %q", got)
	}
}

func TestAnotherReportsFetchSeesTheChangeToo(t *testing.T) {
	a, b := paymenttest.Captured(t, "a", 10000), paymenttest.Captured(t, "b", 5000)
	daily := paymenttest.Mailed("a@x.no")
	s := watched(t, daily, a)
	weekly := paymenttest.Mailed("a@x.no")
	weekly.ID, weekly.Schedule = "weekly", calendar.Weekly
	s.Reports = []*reportconfig.Report{weekly, daily}
	s.Clock.Time = paymenttest.At(t, "2026-11-23T06:00:00+01:00")
	s.Source = paymenttest.Source{Sales: []payment.Transaction{a, b}}
	s.Run()
	if got := s.Alarms(); strings.Count(got, "\n") != 0 || !strings.HasPrefix(got, "changed: test 2026-11-19 was made") {
		t.Errorf("told %q", got)
	}
}

func TestAnOperatorWhoWasToldIsNotShownItForEver(t *testing.T) {
	a, b := paymenttest.Captured(t, "a", 10000), paymenttest.Captured(t, "b", 5000)
	s := watched(t, paymenttest.Mailed("a@x.no"), a)
	later(s, a, b)
	if got := later(s, a, b); got != "" {
		t.Errorf("a day later it still stands: %q", got)
	}
}
