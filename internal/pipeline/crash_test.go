package pipeline

import (
	"context"
	"iter"
	"net/mail"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"rapport/fetch"
	"rapport/internal/ledger"
	ourmail "rapport/mail"
	"rapport/reportconfig"
)

// cut runs until the message goes out, and then takes the ledger away: what the process
// does after that it does not live to write down.
func (s *shop) cut() {
	s.t.Helper()
	book := s.open()
	d := s.desk(book, nil)
	s.box.during = func(ourmail.Frozen) { book.Close() }
	if _, err := d.Run(context.Background(), Selection{}); err == nil {
		s.t.Error("a ledger that is gone is no fault")
	}
	s.box.during = nil
}

func TestACrashBetweenTheServersAnswerAndOurNoteIsSentOnceMoreTheSame(t *testing.T) {
	s := newShop(t, oneSale(t), mailed("a@x.no"))
	s.cut()
	if len(s.box.got) != 1 {
		t.Fatalf("%d sent", len(s.box.got))
	}
	s.source = nil
	if o := s.run(); o != (Outcome{}) || len(s.box.got) != 2 || !cmp.Equal(s.box.got[0], s.box.got[1]) {
		t.Errorf("%+v: %s, %d sent", o, s.said(), len(s.box.got))
	}
	if d := s.delivery("a@x.no"); d.State != ledger.Sent || d.Uncertain != 1 {
		t.Errorf("counted: %+v", d)
	}
	if s.run(); len(s.box.got) != 2 {
		t.Errorf("and no more: %s", s.said())
	}
}

func TestWithHoldACrashWaitsForThePerson(t *testing.T) {
	rep := mailed("a@x.no")
	rep.HoldUncertain = true
	s := newShop(t, oneSale(t), rep)
	s.cut()
	if o := s.run(); o != (Outcome{Waiting: true, Held: 1}) || len(s.box.got) != 1 || s.delivery("a@x.no").State != ledger.Held {
		t.Errorf("%+v: %s", o, s.said())
	}
}

// built makes the files of a claimed period.
func (s *shop) built(d *Desk, j Job, row ledger.Period) *making {
	s.t.Helper()
	m := &making{row: row, assembly: assembly{job: j, now: s.clock.now(), dir: filepath.Join(d.periodDir(j), outgoing+".new")}}
	must(s.t, makeDirs(m.dir))
	d.buildAll(context.Background(), []*assembly{&m.assembly})
	must(s.t, m.err)
	return m
}

// recorded makes a claimed period, up to the ledger's knowing of it.
func (s *shop) recorded(d *Desk, j Job, row ledger.Period) {
	s.t.Helper()
	must(s.t, d.record(context.Background(), s.built(d, j, row)))
}

// TestACrashAnywhereLosesNothing leaves what a crash leaves at each step, and runs again a
// day later on other data.
func TestACrashAnywhereLosesNothing(t *testing.T) {
	for _, c := range []struct {
		name  string
		crash func(s *shop, d *Desk, j Job, row ledger.Period)
		anew  bool // whether the second run makes the report itself
	}{
		{"after the claim", func(*shop, *Desk, Job, ledger.Period) {}, true},
		{"while the files were made", func(s *shop, d *Desk, j Job, _ ledger.Period) {
			dir := filepath.Join(d.periodDir(j), outgoing+".new")
			must(s.t, os.MkdirAll(dir, 0o700))
			must(s.t, os.WriteFile(filepath.Join(dir, "transactions_2026-11-19.csv"), []byte("half"), 0o600))
		}, true},
		{"after the files were made, before they were recorded", func(s *shop, d *Desk, j Job, row ledger.Period) {
			m := s.built(d, j, row)
			_, err := d.freezeAll(m)
			must(s.t, err)
			must(s.t, os.Rename(m.dir, filepath.Join(d.periodDir(j), outgoing)))
		}, true},
		{"after they were recorded, before they were published", func(s *shop, d *Desk, j Job, row ledger.Period) {
			s.recorded(d, j, row)
		}, false},
		{"after they were published, before anything was sent", func(s *shop, d *Desk, j Job, row ledger.Period) {
			s.recorded(d, j, row)
			must(s.t, d.publish(j))
		}, false},
		{"after a message was claimed", func(s *shop, d *Desk, j Job, row ledger.Period) {
			s.recorded(d, j, row)
			rows, err := d.Ledger.Unsent(context.Background(), d.Account)
			must(s.t, err)
			_, err = d.Ledger.ClaimDelivery(context.Background(), rows[0].ID)
			must(s.t, err)
		}, false},
	} {
		s := newShop(t, oneSale(t), mailed("a@x.no", "b@x.no"))
		book := s.open()
		d := s.desk(book, nil)
		must(t, d.plan(t.Context(), s.clock.now()))
		owed, err := book.OwedPeriods(t.Context(), d.Account)
		must(t, err)
		row, err := book.ClaimPeriod(t.Context(), owed[0].ID)
		must(t, err)
		j, _ := d.job(row)
		c.crash(s, d, j, row)
		must(t, book.Close())

		s.clock.Time = s.clock.Add(time.Hour)
		s.source = things{transactions: []fetch.Transaction{captured(t, "other", 777)}}
		if o := s.run(); o != (Outcome{}) || strings.Count(s.sent(), "2026-11-19") != 2 {
			t.Errorf("crash %s: %+v: %s", c.name, o, s.said())
		}
		data, err := os.ReadFile(filepath.Join(s.archive, "test", "2026-11-19", "transactions_2026-11-19.csv"))
		must(t, err)
		if other := strings.Contains(string(data), ";other;"); other != c.anew {
			t.Errorf("crash %s: the file is of other data: %v", c.name, other)
		}
		if entries, _ := os.ReadDir(filepath.Join(s.archive, "test", "2026-11-19")); len(entries) != 1 {
			t.Errorf("crash %s: %d entries are left, want the CSV alone", c.name, len(entries))
		}
	}
}

func TestAPoisonReportIsGivenUpAndOthersGoOn(t *testing.T) {
	poison := mailed("a@x.no")
	poison.ID = "poison"
	poison.Data = reportconfig.Transactions{Stores: []string{"poison"}}
	s := newShop(t, poisoned{oneSale(t)}, poison, mailed("b@x.no"))
	for i, want := range []Outcome{{Waiting: true}, {Waiting: true}, {Failed: true}, {}} {
		if o := s.run(); o != want {
			t.Errorf("run %d: %+v, want %+v: %s", i, o, want, s.said())
		}
	}
	if s.sent() != "2026-11-19 b@x.no" {
		t.Error("the other report went out once")
	}
}

// poisoned panics over one store.
type poisoned struct{ things }

func (p poisoned) Transactions(ctx context.Context, q fetch.Query) iter.Seq2[fetch.Transaction, error] {
	if slices.Contains(q.Stores, "poison") {
		panic("poison")
	}
	return p.things.Transactions(ctx, q)
}

func TestTwoProcessesAtOnceSendOnce(t *testing.T) {
	s := newShop(t, oneSale(t), mailed("a@x.no", "b@x.no"))
	var once bool
	s.box.during = func(ourmail.Frozen) {
		s.box.mu.Lock()
		first := !once
		once = true
		s.box.mu.Unlock()
		if !first {
			return
		}
		second := *s
		if o := second.run(); !o.Waiting {
			t.Errorf("the second finds it under way: %+v %s", o, second.said())
		}
	}
	if o := s.run(); o != (Outcome{}) {
		t.Errorf("%+v: %s", o, s.said())
	}
	if got := s.sent(); strings.Count(got, "a@x.no") != 1 || strings.Count(got, "b@x.no") != 1 {
		t.Errorf("sent %s", got)
	}
}

func TestOneBadAddressHurtsNobodyElse(t *testing.T) {
	var to []string
	for i := range 20 {
		to = append(to, string(rune('a'+i))+"@x.no")
	}
	s := newShop(t, oneSale(t), mailed(to...))
	s.box.failing("c@x.no", refusal())
	s.box.failing("d@x.no", notSent())
	s.box.failing("e@x.no", unknown())
	s.run()
	for _, address := range to {
		want := map[string]ledger.DeliveryState{"c@x.no": ledger.Refused, "d@x.no": ledger.Deferred, "e@x.no": ledger.Uncertain}[address]
		if want == "" {
			want = ledger.Sent
		}
		if d := s.delivery(address); d.State != want {
			t.Errorf("%s is %s, want %s", address, d.State, want)
		}
	}
}

func TestTheOperatorHearsOnceAndOnceMoreWhenItIsWell(t *testing.T) {
	s := newShop(t, oneSale(t), mailed("a@x.no", "b@x.no"))
	s.operator = &mail.Address{Address: "drift@x.no"}
	s.box.failing("a@x.no", refusal())
	alarms := func() (n int) {
		s.box.mu.Lock()
		defer s.box.mu.Unlock()
		for _, f := range s.box.got {
			if f.To == "drift@x.no" {
				n++
			}
		}
		return n
	}
	s.run()
	if alarms() != 1 || len(s.box.got) != 2 {
		t.Fatalf("%d alarms of %d mails", alarms(), len(s.box.got))
	}
	last := s.box.got[1]
	if html := string(last.HTML); !strings.Contains(html, "a@x.no") || !strings.Contains(html, "En adresse kunne ikke nås") {
		t.Errorf("the alarm says %s", html)
	}
	if s.run(); alarms() != 1 {
		t.Error("once")
	}
	s.box.fail = nil
	s.days(1)
	if s.run(); alarms() != 2 || !strings.Contains(string(s.box.got[len(s.box.got)-1].HTML), "I orden igjen") {
		t.Errorf("%d alarms once it is well", alarms())
	}
	if s.run(); alarms() != 2 {
		t.Error("and no more")
	}
}

func TestALateReportIsAnAlarm(t *testing.T) {
	s := newShop(t, things{err: context.DeadlineExceeded}, mailed("a@x.no"))
	s.operator = &mail.Address{Address: "drift@x.no"}
	if s.run(); len(s.box.got) != 0 {
		t.Error("a first failure on time is none")
	}
	s.clock.Time = s.clock.Add(61 * time.Minute)
	if s.run(); len(s.box.got) != 1 || !strings.Contains(string(s.box.got[0].HTML), "En rapport er forsinket") {
		t.Errorf("%d mails", len(s.box.got))
	}
	s.source = oneSale(t)
	if s.run(); len(s.box.got) != 3 {
		t.Errorf("the report, and that it is well: %d mails", len(s.box.got))
	}
}

func TestRetentionRemovesOldReportsAndRemembersThem(t *testing.T) {
	s := newShop(t, oneSale(t), mailed("a@x.no"))
	s.run()
	s.retention = 40 * 24 * time.Hour
	s.days(45)
	s.run()
	if held, _ := isHeld(filepath.Join(s.archive, "test", "2026-11-19"), "2026-11-19"); !held {
		t.Error("a clock that is suddenly so far ahead is not believed in this")
	}
	s.days(1)
	s.run()
	if held, _ := isHeld(filepath.Join(s.archive, "test", "2026-11-19"), "2026-11-19"); held {
		t.Error("the files of 45 days ago are there still")
	}
	if strings.Contains(s.deliveries(), "2026-11-19") {
		t.Error("so is who got it")
	}
	s.sent()
	if o := s.run("2026-11-19"); o != (Outcome{}) || s.sent() != "" || s.said() != "report already delivered" {
		t.Errorf("it is not sent again: %+v %s", o, s.said())
	}
}

func TestPingsTellStartSuccessAndFailure(t *testing.T) {
	rep := mailed("a@x.no", "b@x.no")
	rep.Ping = "https://watch.example/1"
	s := newShop(t, oneSale(t), rep)
	var got []string
	s.ping = func(_, signal string) { got = append(got, "/"+signal) }
	s.box.failing("b@x.no", notSent())
	if s.run(); strings.Join(got, " ") != "/start" {
		t.Errorf("one waits: %v", got)
	}
	s.box.fail = nil
	if s.run(); strings.Join(got, " ") != "/start /" {
		t.Errorf("all have it: %v", got)
	}
	s.source, got = things{err: context.DeadlineExceeded}, nil
	s.days(1)
	if s.run(); strings.Join(got, " ") != "/start /fail" {
		t.Errorf("it could not be made: %v", got)
	}
}
