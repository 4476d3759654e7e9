package planner_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"rapport/internal/builder"
	"rapport/internal/calendar"
	"rapport/internal/paymenttest"
	"rapport/internal/shoptest"
)

func TestANewReportStartsWithItsLatestDuePeriodAndThenOwesNothing(t *testing.T) {
	s := shoptest.New(t, paymenttest.OneSale(t), paymenttest.Mailed("a@x.no"))
	if o := s.Run(); o != (builder.Outcome{}) || s.Sent() != "2026-11-19 a@x.no" {
		t.Fatalf("%+v: %s", o, s.Said())
	}
	s.Source = nil // whoever asks it now panics
	if o := s.Run(); o != (builder.Outcome{}) || s.Sent() != "" || len(s.Events) != 0 {
		t.Errorf("%+v: %s", o, s.Said())
	}
}

func TestAfterThreeDaysOffEveryMissedPeriodIsMadeOldestFirst(t *testing.T) {
	s := shoptest.New(t, paymenttest.OneSale(t), paymenttest.Mailed("a@x.no"))
	s.Run()
	s.Sent()
	s.Days(3)
	if o := s.Run(); o != (builder.Outcome{}) {
		t.Fatalf("%+v: %s", o, s.Said())
	}
	got := strings.Split(s.Sent(), ", ")
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
	s := shoptest.New(t, paymenttest.OneSale(t), paymenttest.Mailed("a@x.no"))
	s.Run()
	s.Sent()
	s.Days(5)
	s.Catchup = 48 * time.Hour
	s.Run()
	if said := s.Said(); strings.Count(said, "report skipped") != 2 {
		t.Errorf("of 20 to 24 November the first two are too old: %s", said)
	}
	if got := strings.Count(s.Sent(), "a@x.no"); got != 3 {
		t.Errorf("%d were made", got)
	}
	s.Days(100)
	s.Catchup = 24 * time.Hour
	s.Run()
	if got := s.Sent(); !strings.Contains(got, "2027-03-04") {
		t.Errorf("the latest one is made however long the machine was off: %s", got)
	}
	if o := s.Run("2026-11-20"); o != (builder.Outcome{}) || s.Sent() != "2026-11-20 a@x.no" {
		t.Errorf("a skipped one is made when it is asked for: %+v %s", o, s.Said())
	}
}

func TestADeletedLedgerMailsNoHistoryAgainAndLosesNothing(t *testing.T) {
	s := shoptest.New(t, paymenttest.OneSale(t), paymenttest.Mailed("a@x.no"))
	s.Run()
	s.Sent()
	s.Lose()
	if o := s.Run(); o != (builder.Outcome{}) || s.Sent() != "" || s.Said() != "report already delivered" {
		t.Errorf("%+v: %s", o, s.Said())
	}
	s.Lose()
	s.Days(2)
	if o := s.Run(); o != (builder.Outcome{}) || s.Sent() != "2026-11-20 a@x.no, 2026-11-21 a@x.no" {
		t.Errorf("%+v: what was missed meanwhile is made: %s", o, s.Said())
	}
}

func TestAskingForOnePeriodHidesNoOther(t *testing.T) {
	s := shoptest.New(t, paymenttest.OneSale(t), paymenttest.Mailed("a@x.no"))
	s.Run()
	s.Sent()
	s.Days(3)
	if o := s.Run("2026-11-22"); o != (builder.Outcome{}) || s.Sent() != "2026-11-22 a@x.no" {
		t.Fatalf("%+v: %s", o, s.Said())
	}
	if s.Run(); s.Sent() != "2026-11-20 a@x.no, 2026-11-21 a@x.no" {
		t.Errorf("the others are owed still: %s", s.Said())
	}
	if o := s.Run("2026-11-21", "2026-11-20", "2026-10-01"); o != (builder.Outcome{}) || s.Sent() != "2026-10-01 a@x.no" {
		t.Errorf("only the hole is filled: %s", s.Said())
	}
	if s.Said() != "report already delivered, report already delivered, delivery sent a@x.no" {
		t.Errorf("said %s", s.Said())
	}
}

func TestAskingANewReportForAnOldPeriodLeavesItsLatestOwed(t *testing.T) {
	s := shoptest.New(t, paymenttest.OneSale(t), paymenttest.Mailed("a@x.no"))
	if s.Run("2026-10-01"); s.Sent() != "2026-10-01 a@x.no" {
		t.Fatal(s.Said())
	}
	if s.Run(); s.Sent() != "2026-11-19 a@x.no" {
		t.Errorf("the start is the latest due one, and October is no hole: %s", s.Said())
	}
}

func TestAClockThatGoesBackRepeatsNothing(t *testing.T) {
	s := shoptest.New(t, paymenttest.OneSale(t), paymenttest.Mailed("a@x.no"))
	s.Run()
	s.Sent()
	for _, back := range []int{-1, -30, -365} {
		s.Days(back)
		if o := s.Run(); o != (builder.Outcome{}) || s.Sent() != "" {
			t.Errorf("%d days back: %+v %s", back, o, s.Said())
		}
	}
}

func TestAScheduleThatChangesTellsNoTimeTwiceAndLeavesNoGap(t *testing.T) {
	rep := paymenttest.Mailed("a@x.no")
	s := shoptest.New(t, paymenttest.OneSale(t), rep)
	s.Run()
	s.Sent()
	rep.Schedule = calendar.Weekly
	if s.Run(); s.Sent() != "" {
		t.Errorf("last week was told by days already: %s", s.Said())
	}
	s.Days(3) // Monday
	if s.Run(); s.Sent() != "2026-W47 a@x.no" {
		t.Errorf("the week that holds the change is told: %s", s.Said())
	}
}

func TestAReportThatIsRenamedIsNotSentAgain(t *testing.T) {
	rep := paymenttest.Mailed("a@x.no")
	s := shoptest.New(t, paymenttest.OneSale(t), rep)
	s.Run()
	rep.Name = "Dagsoppgjør"
	if s.Run(); len(s.Box.Got) != 1 {
		t.Error(s.Said())
	}
}

func TestANoteInTheArchiveIsNoReport(t *testing.T) {
	s := shoptest.New(t, paymenttest.OneSale(t), paymenttest.Mailed("a@x.no"))
	dir := filepath.Join(s.Archive, "test", "2026-11-19")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "notes.txt"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if s.Run(); s.Sent() != "2026-11-19 a@x.no" {
		t.Error(s.Said())
	}
}
