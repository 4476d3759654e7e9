package pipeline

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"rapport/fetch"
	"rapport/reportconfig"
)

func oneSale(t *testing.T) things {
	return things{transactions: []fetch.Transaction{captured(t, "a", 12345)}}
}

func TestANewReportStartsWithItsLatestDuePeriodAndThenOwesNothing(t *testing.T) {
	s := newShop(t, oneSale(t), mailed("a@x.no"))
	if o := s.run(); o != (Outcome{}) || s.sent() != "2026-11-19 a@x.no" {
		t.Fatalf("%+v: %s", o, s.said())
	}
	s.source = nil // whoever asks it now panics
	if o := s.run(); o != (Outcome{}) || s.sent() != "" || len(s.events) != 0 {
		t.Errorf("%+v: %s", o, s.said())
	}
}

func TestAfterThreeDaysOffEveryMissedPeriodIsMadeOldestFirst(t *testing.T) {
	s := newShop(t, oneSale(t), mailed("a@x.no"))
	s.run()
	s.sent()
	s.days(3)
	if o := s.run(); o != (Outcome{}) {
		t.Fatalf("%+v: %s", o, s.said())
	}
	got := strings.Split(s.sent(), ", ")
	if len(got) != 3 {
		t.Fatalf("got %v", got)
	}
	for _, want := range []string{"2026-11-20 a@x.no", "2026-11-21 a@x.no", "2026-11-22 a@x.no"} {
		if !strings.Contains(strings.Join(got, ", "), want) {
			t.Errorf("%s is missing: %v", want, got)
		}
	}
}

func TestBeyondCatchupAPeriodIsSkippedVisiblyAndTheLatestIsMadeAlways(t *testing.T) {
	s := newShop(t, oneSale(t), mailed("a@x.no"))
	s.run()
	s.sent()
	s.days(5)
	s.catchup = 48 * time.Hour
	s.run()
	if said := s.said(); strings.Count(said, "report skipped") != 2 {
		t.Errorf("of 20 to 24 November the first two are too old: %s", said)
	}
	if got := strings.Count(s.sent(), "a@x.no"); got != 3 {
		t.Errorf("%d were made", got)
	}
	s.days(100)
	s.catchup = 24 * time.Hour
	s.run()
	if got := s.sent(); !strings.Contains(got, "2027-03-04") {
		t.Errorf("the latest one is made however long the machine was off: %s", got)
	}
	if o := s.run("2026-11-20"); o != (Outcome{}) || s.sent() != "2026-11-20 a@x.no" {
		t.Errorf("a skipped one is made when it is asked for: %+v %s", o, s.said())
	}
}

// lose deletes the ledger.
func (s *shop) lose() {
	s.t.Helper()
	for _, suffix := range []string{"", "-wal", "-shm"} {
		if err := os.Remove(s.state + suffix); err != nil && !os.IsNotExist(err) {
			s.t.Fatal(err)
		}
	}
}

func TestADeletedLedgerMailsNoHistoryAgainAndLosesNothing(t *testing.T) {
	s := newShop(t, oneSale(t), mailed("a@x.no"))
	s.run()
	s.sent()
	s.lose()
	if o := s.run(); o != (Outcome{}) || s.sent() != "" || s.said() != "report already delivered" {
		t.Errorf("%+v: %s", o, s.said())
	}
	s.lose()
	s.days(2)
	if o := s.run(); o != (Outcome{}) || s.sent() != "2026-11-20 a@x.no, 2026-11-21 a@x.no" {
		t.Errorf("%+v: what was missed meanwhile is made: %s", o, s.said())
	}
}

func TestAskingForOnePeriodHidesNoOther(t *testing.T) {
	s := newShop(t, oneSale(t), mailed("a@x.no"))
	s.run()
	s.sent()
	s.days(3)
	if o := s.run("2026-11-22"); o != (Outcome{}) || s.sent() != "2026-11-22 a@x.no" {
		t.Fatalf("%+v: %s", o, s.said())
	}
	if s.run(); s.sent() != "2026-11-20 a@x.no, 2026-11-21 a@x.no" {
		t.Errorf("the others are owed still: %s", s.said())
	}
	if o := s.run("2026-11-21", "2026-11-20", "2026-10-01"); o != (Outcome{}) || s.sent() != "2026-10-01 a@x.no" {
		t.Errorf("only the hole is filled: %s", s.said())
	}
	if s.said() != "report already delivered, report already delivered, delivery sent a@x.no" {
		t.Errorf("said %s", s.said())
	}
}

func TestAskingANewReportForAnOldPeriodLeavesItsLatestOwed(t *testing.T) {
	s := newShop(t, oneSale(t), mailed("a@x.no"))
	if s.run("2026-10-01"); s.sent() != "2026-10-01 a@x.no" {
		t.Fatal(s.said())
	}
	if s.run(); s.sent() != "2026-11-19 a@x.no" {
		t.Errorf("the start is the latest due one, and October is no hole: %s", s.said())
	}
}

func TestAClockThatGoesBackRepeatsNothing(t *testing.T) {
	s := newShop(t, oneSale(t), mailed("a@x.no"))
	s.run()
	s.sent()
	for _, back := range []int{-1, -30, -365} {
		s.days(back)
		if o := s.run(); o != (Outcome{}) || s.sent() != "" {
			t.Errorf("%d days back: %+v %s", back, o, s.said())
		}
	}
}

func TestAScheduleThatChangesTellsNoTimeTwiceAndLeavesNoGap(t *testing.T) {
	rep := mailed("a@x.no")
	s := newShop(t, oneSale(t), rep)
	s.run()
	s.sent()
	rep.Schedule = reportconfig.Weekly
	if s.run(); s.sent() != "" {
		t.Errorf("last week was told by days already: %s", s.said())
	}
	s.days(3) // Monday
	if s.run(); s.sent() != "2026-W47 a@x.no" {
		t.Errorf("the week that holds the change is told: %s", s.said())
	}
}

func TestAReportThatIsRenamedIsNotSentAgain(t *testing.T) {
	rep := mailed("a@x.no")
	s := newShop(t, oneSale(t), rep)
	s.run()
	rep.Name = "Dagsoppgjør"
	if s.run(); len(s.box.got) != 1 {
		t.Error(s.said())
	}
}

func TestANoteInTheArchiveIsNoReport(t *testing.T) {
	s := newShop(t, oneSale(t), mailed("a@x.no"))
	dir := filepath.Join(s.archive, "test", "2026-11-19")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "notes.txt"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if s.run(); s.sent() != "2026-11-19 a@x.no" {
		t.Error(s.said())
	}
}

func TestAReportThatLeavesTheConfigurationIsCancelledVisibly(t *testing.T) {
	other := mailed("b@x.no")
	other.ID = "other"
	s := newShop(t, oneSale(t), mailed("a@x.no"), other)
	s.box.failing("b@x.no", notSent())
	s.run()
	s.reports = s.reports[:1]
	if o := s.run(); o != (Outcome{}) || s.said() != "delivery cancelled b@x.no" {
		t.Errorf("%+v: %s", o, s.said())
	}
	s.reports = append(s.reports, other)
	s.box.failing("b@x.no", nil)
	if s.run(); strings.Contains(s.sent(), "b@x.no") {
		t.Error("what was cancelled stays so")
	}
}
