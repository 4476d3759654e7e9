package machines

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"rapport/internal/ledger"
	"rapport/internal/ledger/ledgertest"
	"rapport/internal/ledger/postgres"
	"rapport/internal/postgrestest"
)

func must(t testing.TB, err error) {
	t.Helper()
	ledgertest.Must(t, err)
}

// openAs opens a ledger as a process of a machine does, whose directory is named.
func openAs(t testing.TB, url, dir string) *ledger.Ledger {
	t.Helper()
	return openWith(t, url, dir, ledgertest.Options())
}

func openWith(t testing.TB, url, dir string, o ledger.Options) *ledger.Ledger {
	t.Helper()
	l, err := ledger.Open(context.Background(), postgres.New(postgres.Options{URL: url, Dir: dir}), o)
	must(t, err)
	t.Cleanup(func() { _ = l.Close() }) // the test may have closed it
	return l
}

// the one process of a list.
func only(t testing.TB, l *ledger.Ledger) Process {
	t.Helper()
	all, err := List(t.Context(), l, ledgertest.Account, time.Now())
	must(t, err)
	if len(all) != 1 || len(all[0].Processes) != 1 {
		t.Fatalf("%+v", all)
	}
	return all[0].Processes[0]
}

// TestAProcessThatHangsIsToldOfAndEndedByHand alone; what it was sending is uncertain then, and when it goes on it does
// so under another id.
func TestAProcessThatHangsIsToldOfAndEndedByHand(t *testing.T) {
	server := postgrestest.Start(t)
	url := server.URL(t, "shop", "")
	theirs, ours := openAs(t, url, t.TempDir()), openAs(t, url, t.TempDir())
	id := ledgertest.MakeDay(t, theirs, 1)
	sending, err := theirs.ClaimDelivery(t.Context(), id)
	must(t, err)
	must(t, theirs.MarkSending(t.Context(), sending.Claim, ledgertest.Now()))
	p := only(t, ours)
	if p.State != Alive || p.Sending != 1 || p.holds() != "1 on its way" {
		t.Errorf("%+v", p)
	}
	refused := new(RefusedError)
	if _, err := End(t.Context(), ours, ledgertest.Account, p.ID, time.Now()); !errors.As(err, &refused) || refused.State != Alive {
		t.Errorf("one that is alive: %v", err)
	}
	silent := func(minutes string) { // which its next sign of life ends, some seconds later
		server.SQL(t, "shop", `UPDATE rapport.process SET heartbeat_at = CAST(extract(epoch FROM clock_timestamp()) * 1000 AS BIGINT) - `+minutes+` * 60000`)
	}
	silent("39")
	if p := only(t, ours); p.State != Alive {
		t.Errorf("after 39 minutes: %+v", p)
	}
	silent("41")
	if p := only(t, ours); p.State != Mute {
		t.Errorf("after 41 minutes: %+v", p)
	}
	if freed, err := ours.Reap(t.Context()); err != nil || freed.Deliveries > 0 {
		t.Errorf("it was taken from: %+v, %v", freed, err)
	}
	var screen bytes.Buffer
	silent("41")
	all, err := List(t.Context(), ours, ledgertest.Account, time.Now())
	must(t, err)
	if worst, err := Write(&screen, all, time.UTC, false); err != nil || worst != Mute || !strings.Contains(screen.String(), "mute") {
		t.Errorf("%s, %v, %s", worst, err, screen.String())
	}
	silent("41")
	freed, err := End(t.Context(), ours, ledgertest.Account, p.ID[:9], time.Now())
	if err != nil || len(freed.Uncertain) != 1 {
		t.Errorf("%+v, %v", freed, err)
	}
	late := ledger.Result{At: ledgertest.Now(), State: ledger.Sent, Answer: "250 late"}
	if err := theirs.Finish(t.Context(), sending.Claim, late); !errors.Is(err, ledger.ErrLost) {
		t.Errorf("it writes under a claim that is gone: %v", err)
	}
	if settled, err := theirs.Testify(t.Context(), sending.Claim, sending.Revision, late); err != nil || !settled {
		t.Errorf("its late word: %t, %v", settled, err)
	}
	if d, err := ours.Delivery(t.Context(), id); err != nil || d.State != ledger.Sent || d.Uncertain != 1 {
		t.Errorf("%+v, %v", d, err)
	}
}

// TestMachinesLookAfterEachOther: every two seconds, and nobody is ended by an id that is several's. Who is mute is an
// alarm until it speaks again.
func TestMachinesLookAfterEachOther(t *testing.T) {
	server := postgrestest.Start(t)
	url := server.URL(t, "shop", "")
	theirs, ours := openAs(t, url, t.TempDir()), openAs(t, url, t.TempDir())
	if got, slow := PollInterval(ours, time.Minute), PollInterval(ours, 0); got != 2*time.Second || slow != got || PollInterval(ours, time.Second) != time.Second {
		t.Errorf("it is looked at every %s", got)
	}
	for _, l := range []*ledger.Ledger{theirs, ours} {
		must(t, l.Register(t.Context()))
	}
	refused := new(RefusedError)
	if _, err := End(t.Context(), ours, ledgertest.Account, "", time.Now()); !errors.As(err, &refused) || !refused.Several {
		t.Errorf("any of two: %v", err)
	}
	must(t, ours.Raise(t.Context(), ledger.Alarm{Account: ledgertest.Account, Kind: ledger.AlarmMute, Subject: "who speaks again", Raised: time.Now()}))
	told := alarms{ledger.AlarmMute: true}
	must(t, (&Watch{Ledger: ours, Account: ledgertest.Account, Alarms: told, Log: discard()}).Look(t.Context(), time.Now()))
	if told[ledger.AlarmMute] {
		t.Error("it is an alarm still")
	}
}

// TestAMachineWhoseClockIsWrongMakesNothing: five seconds are said, forty hold it.
func TestAMachineWhoseClockIsWrongMakesNothing(t *testing.T) {
	server := postgrestest.Start(t)
	url := server.URL(t, "shop", "")
	for ahead, held := range map[time.Duration]bool{0: false, 5 * time.Second: false, -5 * time.Second: false, 40 * time.Second: true, -40 * time.Second: true} {
		l := openWith(t, url, t.TempDir(), ledger.Options{Now: func() time.Time { return time.Now().Add(ahead) }, Host: "here"})
		told := alarms{}
		faults := 0
		w := &Watch{Ledger: l, Account: ledgertest.Account, Alarms: told, Log: discard(), Clock: true, Once: true, Fault: func(error) { faults++ }}
		must(t, w.Look(t.Context(), time.Now()))
		if w.Held() != held || told[ledger.AlarmMachineClock] != held || (faults > 0) != held {
			t.Errorf("%s ahead: held %t, told %v, %d faults", ahead, w.Held(), told, faults)
		}
		w.Clock = false // a run of a time of its own
		must(t, w.Look(t.Context(), time.Now()))
		if w.Held() {
			t.Errorf("%s ahead: held though it does not matter", ahead)
		}
		must(t, l.Close())
	}
}
