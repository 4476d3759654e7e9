package pipeline

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/mail"
	"slices"
	"strings"
	"testing"
	"time"

	"rapport/fetch"
	"rapport/internal/ledger"
	"rapport/internal/money"
	"rapport/render"
	"rapport/reportconfig"
)

// watched is a shop with an operator whose daily report of the tests' day is made of list.
func watched(t *testing.T, rep *reportconfig.Report, list ...fetch.Transaction) *shop {
	t.Helper()
	s := newShop(t, things{transactions: list}, rep)
	s.operator = &mail.Address{Address: "drift@x.no"}
	if o := s.run(); o != (Outcome{}) || s.alarms() != "" {
		t.Fatalf("%+v: %s", o, s.said())
	}
	return s
}

// alarms are those that were raised and not forgotten: "changed …".
func (s *shop) alarms() string {
	s.t.Helper()
	book := s.open()
	defer book.Close()
	all, err := book.OpenAlarms(context.Background(), "T12345678")
	if err != nil {
		s.t.Fatal(err)
	}
	var out []string
	for _, a := range all {
		out = append(out, a.Kind+": "+strings.ReplaceAll(a.Text, "\u00a0", " "))
	}
	return strings.Join(out, "\n")
}

// later is what the next day's run finds.
func (s *shop) later(list ...fetch.Transaction) string {
	s.t.Helper()
	s.days(1)
	s.source = things{transactions: list}
	if o := s.run(); o != (Outcome{}) {
		s.t.Fatalf("%+v: %s", o, s.said())
	}
	return s.alarms()
}

func TestAnEventThatAppearsInAClosedPeriodIsToldOnce(t *testing.T) {
	a, b := captured(t, "a", 10000), captured(t, "b", 5000)
	b.Events = append(b.Events, event(t, "REFUND", "23:59", 700))
	s := watched(t, mailed("a@x.no"), a)
	want := "changed: test 2026-11-19 was made 2026-11-20 06:00, and now has what it did not have then: " +
		"2026-11-19 12:00:00 capture of transaction b, NOK 50.00; 2026-11-19 23:59:00 refund of transaction b, NOK −7.00"
	s.box.got = nil
	if got := s.later(a, b); got != want {
		t.Errorf("told %q", got)
	}
	told := 0
	for range 3 {
		for _, m := range s.box.got {
			if m.To == "drift@x.no" {
				told++
			}
		}
		s.box.got = nil
		s.later(b, a)
	}
	if told != 1 {
		t.Errorf("told %d times", told)
	}
	c := captured(t, "c", 1)
	if got := s.later(a, b, c); strings.Count(got, "changed") > 2 || !strings.Contains(got, "of transaction c, NOK 0.01") {
		t.Errorf("another is told by itself: %q", got)
	}
}

func TestWhatIsSeenAgainDidNotChange(t *testing.T) {
	r := rand.New(rand.NewPCG(6, 6))
	for round := range 15 {
		list := randomThings(t, r).transactions
		for i := range list {
			list[i].UpdatedAt = list[i].UpdatedAt.Add(time.Duration(i))
		}
		rep := mailed("a@x.no")
		if r.IntN(2) == 0 {
			rep.Data = reportconfig.Transactions{Stores: []string{"s1", "s2"}}
		}
		s := watched(t, rep, list...)
		again := slices.Concat(list, list)
		r.Shuffle(len(again), func(i, j int) { again[i], again[j] = again[j], again[i] })
		for i := range again {
			again[i].Status = "REFUNDED" // what changes besides is not a row's identity
		}
		if got := s.later(again...); got != "" {
			t.Fatalf("round %d: %s", round, got)
		}
	}
}

func TestOnlyTheCopyThatCountsIsLookedAt(t *testing.T) {
	now := captured(t, "a", 10000)
	stale := captured(t, "a", 9000)
	stale.UpdatedAt = now.UpdatedAt.Add(-time.Hour)
	s := watched(t, mailed("a@x.no"), now)
	for _, list := range [][]fetch.Transaction{{stale, now}, {now, stale}} {
		if got := s.later(list...); got != "" {
			t.Error(got)
		}
	}
	altered := captured(t, "a", 10001)
	altered.UpdatedAt = now.UpdatedAt.Add(time.Hour)
	if got := s.later(now, altered); !strings.HasSuffix(got, "2026-11-19 12:00:00 capture of transaction a, NOK 100.01") {
		t.Errorf("another amount is another row: %q", got)
	}
	twice := altered
	twice.Events = append(slices.Clone(altered.Events), altered.Events[1]) // no ids: two captures
	if got := s.later(altered); got != "" {
		t.Errorf("told again: %q", got)
	}
	if got := s.later(twice); strings.Count(got, "NOK 100.01") != 1 {
		t.Errorf("an equal row more is a row more: %q", got)
	}
}

func TestAChangeIsOneOfReportsThatAdmitIt(t *testing.T) {
	here, elsewhere := captured(t, "a", 10000), captured(t, "b", 500)
	elsewhere.Store.ID = "sc031"
	rep := mailed("a@x.no")
	rep.Data = reportconfig.Transactions{Stores: []string{"sc029"}}
	s := watched(t, rep, here)
	if got := s.later(here, elsewhere); got != "" {
		t.Errorf("another store's: %q", got)
	}
	s.reports[0].Data = reportconfig.Transactions{}
	if got := s.later(here, elsewhere); got != "" {
		t.Errorf("its filter was another: %q", got)
	}

	split := captured(t, "c", 900)
	split.Events[1].Splits = []fetch.Split{{PayoutDestination: "P1", Amount: 300}, {PayoutDestination: "P2", Amount: 600}}
	rep = mailed("a@x.no")
	rep.Data = reportconfig.Transactions{Sellers: []string{"P1"}}
	s = watched(t, rep, here)
	if got := s.later(here, elsewhere, split); !strings.HasSuffix(got, "capture of transaction c, NOK 3.00") || strings.Contains(got, "transaction b") {
		t.Errorf("the seller's share: %q", got)
	}
}

func TestAnotherReportsFetchSeesTheChangeToo(t *testing.T) {
	a, b := captured(t, "a", 10000), captured(t, "b", 5000)
	daily := mailed("a@x.no")
	s := watched(t, daily, a)
	weekly := mailed("a@x.no")
	weekly.ID, weekly.Schedule = "weekly", reportconfig.Weekly
	s.reports = []*reportconfig.Report{weekly, daily}
	s.clock.Time = at(t, "2026-11-23T06:00:00+01:00")
	s.source = things{transactions: []fetch.Transaction{a, b}}
	s.run()
	if got := s.alarms(); strings.Count(got, "\n") != 0 || !strings.HasPrefix(got, "changed: test 2026-11-19 was made") {
		t.Errorf("told %q", got)
	}
}

func TestAnOperatorWhoWasToldIsNotShownItForEver(t *testing.T) {
	a, b := captured(t, "a", 10000), captured(t, "b", 5000)
	s := watched(t, mailed("a@x.no"), a)
	s.later(a, b)
	if got := s.later(a, b); got != "" {
		t.Errorf("a day later it still stands: %q", got)
	}
}

func TestManyRowsAreRememberedOrNone(t *testing.T) {
	m := &marks{}
	one := row{cells: make([]render.Value, len(transactionColumns))}
	for range mostMarks {
		m.note(&one)
	}
	if basis, list, err := unpackMarks(m.pack("b")); err != nil || basis != "b" || len(list) != mostMarks || !holds(list, list[0], mostMarks) || holds(list, list[0], mostMarks+1) {
		t.Errorf("%s, %d, %v", basis, len(list), err)
	}
	if m.note(&one); m.pack("b") != nil {
		t.Error("one more than are remembered, and something is claimed")
	}
	if (*marks)(nil).pack("") != nil {
		t.Error("no marks are something")
	}
	if _, _, err := unpackMarks([]byte{200, 1, 2}); err == nil {
		t.Error("what holds no marks was read")
	}
	if key := transactionColumns[transactionID].key; key != "transaction_id" {
		t.Error(key)
	}
	// A mark is the same in every version: the ledger has those of the last.
	if got := markOf("T1.abc", time.Date(2026, 11, 19, 12, 0, 0, 1, time.UTC), -100, money.Currency("NOK")); got != 0x516666bd222028ed {
		t.Errorf("%#x", uint64(got))
	}
}

func TestALedgerThatFailsFailsNoReport(t *testing.T) {
	w := newWatchman("T12345678", brokenClosed{}, []reportconfig.Report{*mailed("a@x.no")}).watch(t.Context())
	tx := captured(t, "a", 100)
	w.look(&tx, 1)
	w.look(&tx, 2)
	r, _ := newRunner(t, nil)
	r.tellChanges(w, &copies{})
	if fmt.Sprint(w.err) != "disk full" || w.looks != 1 {
		t.Errorf("%v after %d looks", w.err, w.looks)
	}
}

type brokenClosed struct{ Closed }

func (brokenClosed) FingerprintedPeriods(context.Context, string, string, time.Time, time.Time) ([]ledger.Period, error) {
	return nil, fmt.Errorf("disk full")
}
