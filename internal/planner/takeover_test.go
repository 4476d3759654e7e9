package planner_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"rapport/internal/builder"
	"rapport/internal/engine"
	"rapport/internal/ledger/ownership"
	"rapport/internal/paymenttest"
	"rapport/internal/shoptest"
	"rapport/reportconfig"
)

// numbered is "nr. 2 a@x.no" of each message that the relay took since the last call.
func numbered(s *shoptest.Shop) string {
	var out []string
	for _, m := range s.Box.Got {
		_, rest, _ := strings.Cut(strings.ReplaceAll(string(m.Bytes()), "\r\n ", ""), "nr._")
		if rest == "" {
			_, rest, _ = strings.Cut(string(m.Bytes()), "nr. ")
		}
		out = append(out, "nr. "+rest[:1]+" "+m.To)
	}
	s.Box.Got = nil
	slices.Sort(out)
	return strings.Join(out, ", ")
}

// renamed is a shop whose report was made once, for two people of whom one has it, and has got
// another id since.
func renamed(t *testing.T) (*shoptest.Shop, *reportconfig.Report) {
	t.Helper()
	rep := paymenttest.Mailed("a@x.no", "b@x.no")
	s := shoptest.New(t, paymenttest.OneSale(t), rep)
	s.Box.Failing("b@x.no", shoptest.NotSent())
	if s.Run(); numbered(s) != "nr. 1 a@x.no" {
		t.Fatal(s.Said())
	}
	s.Box.Fail = nil
	after := *rep
	after.ID, after.Was = "oslo", rep.ID
	s.Reports = []*reportconfig.Report{&after}
	return s, &after
}

func TestAReportThatGetsAnotherIDGoesOn(t *testing.T) {
	s, _ := renamed(t)
	if o := s.Run(); o != (builder.Outcome{}) || numbered(s) != "nr. 1 b@x.no" {
		t.Errorf("what waited is sent, and nothing else: %+v %s", o, s.Said())
	}
	if o := s.Run(); o != (builder.Outcome{}) || len(s.Events) > 0 {
		t.Errorf("once is enough: %+v %s", o, s.Said())
	}
	if o := s.Run("2026-11-19"); o != (builder.Outcome{}) || s.Said() != "report already delivered" || !strings.HasPrefix(s.Events[0].Path, filepath.Join(s.Archive, "test")) {
		t.Errorf("asked for: %+v %+v", o, s.Events)
	}
	s.Days(1)
	if s.Run(); numbered(s) != "nr. 2 a@x.no, nr. 2 b@x.no" {
		t.Errorf("the next one: %s", s.Said())
	}
	for _, dir := range []string{"test/2026-11-19", "oslo/2026-11-20"} {
		if files, _ := filepath.Glob(filepath.Join(s.Archive, dir, "*.csv")); len(files) != 1 {
			t.Errorf("%s has %v", dir, files)
		}
	}
	if _, err := os.Stat(filepath.Join(s.Archive, "test/2026-11-19/.made")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("messages that were sent are left: %v", err)
	}
	s.Lose()
	s.Days(1)
	if s.Run(); numbered(s) != "nr. 3 a@x.no, nr. 3 b@x.no" {
		t.Errorf("after a lost ledger: %s", s.Said())
	}
}

func TestWhatWasMadeUnderAnotherIDIsForgottenInItsTime(t *testing.T) {
	s, _ := renamed(t)
	s.Run()
	s.Retention = 30 * 24 * time.Hour
	for s.Days(31); ; s.Days(1) {
		if s.Run(); s.Clock.After(paymenttest.At(t, "2026-12-24T00:00:00+01:00")) {
			break
		}
	}
	if _, err := os.Stat(filepath.Join(s.Archive, "test")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("its directory is there still: %v", err)
	}
}

func TestFilesThatWereNotPublishedBeforeARenameAreAfterIt(t *testing.T) {
	s, _ := renamed(t)
	dir := filepath.Join(s.Archive, "test", "2026-11-19")
	files, err := filepath.Glob(filepath.Join(dir, "*.csv"))
	if err != nil || len(files) != 1 {
		t.Fatal(files, err)
	}
	attempts, err := filepath.Glob(filepath.Join(dir, ".made", "*"))
	if err != nil || len(attempts) != 1 {
		t.Fatal(attempts, err)
	}
	for _, name := range []string{files[0], filepath.Join(dir, ".sealed")} { // as a crash leaves them
		paymenttest.Must(t, os.Rename(name, filepath.Join(attempts[0], filepath.Base(name))))
	}
	if s.Run(); numbered(s) != "nr. 1 b@x.no" {
		t.Error(s.Said())
	}
	if _, err := os.Stat(files[0]); err != nil {
		t.Error(err)
	}
}

// TestWhoHasNotReadTheNewIDMailsNothingAndCancelsNothing: a daemon that was not told to reload,
// while somebody ran the new file by hand.
func TestWhoHasNotReadTheNewIDMailsNothingAndCancelsNothing(t *testing.T) {
	s, after := renamed(t)
	file := []*reportconfig.Report{after}
	s.HasReport = func(_, id string) bool {
		return slices.ContainsFunc(file, func(r *reportconfig.Report) bool { return r.ID == id })
	}
	s.Box.Failing("b@x.no", shoptest.NotSent())
	s.Run()
	s.Box.Got = nil
	stale := *after
	stale.ID, stale.Was = "test", ""
	s.Reports = []*reportconfig.Report{&stale}
	s.Box.Fail = nil
	s.Days(1)
	book := s.Open()
	_, err := s.Engine(book, nil).Run(context.Background(), engine.Selection{})
	paymenttest.Must(t, book.Close())
	if e := (*ownership.RenamedError)(nil); !errors.As(err, &e) || e.Report != "oslo" || len(s.Box.Got) > 0 {
		t.Errorf("it said %v and sent %s", err, numbered(s))
	}
	if got := s.Deliveries(); !strings.Contains(got, "b@x.no deferred") {
		t.Errorf("what waited: %s", got)
	}
	s.Reports = file
	if s.Run(); numbered(s) != "nr. 1 b@x.no, nr. 2 a@x.no, nr. 2 b@x.no" || s.Alarms() != "" {
		t.Errorf("after it was read: %s; %s", s.Said(), s.Alarms())
	}
}

// TestAnIDThatWasLeftIsFreeForAnotherReport, whose numbers go on behind those that the archive
// holds under that id.
func TestAnIDThatWasLeftIsFreeForAnotherReport(t *testing.T) {
	s, after := renamed(t)
	s.Run()
	s.Days(1)
	s.Box.Got = nil
	another := paymenttest.Mailed("c@x.no")
	settled := *after
	settled.Was = ""
	s.Reports = []*reportconfig.Report{&settled, another}
	if s.Run(); numbered(s) != "nr. 2 a@x.no, nr. 2 b@x.no, nr. 2 c@x.no" {
		t.Error(s.Said())
	}
}

// TestATrialOfAReportWithANewIDOwesWhatItWouldGoOnWith: and writes nothing down.
func TestATrialOfAReportWithANewIDOwesWhatItWouldGoOnWith(t *testing.T) {
	s, _ := renamed(t)
	book := s.Open()
	defer book.Close()
	jobs, err := s.Engine(book, nil).Owing(t.Context(), s.Clock.Now())
	if err != nil || len(jobs) > 0 {
		t.Errorf("today: %v, %v", jobs, err)
	}
	s.Days(1)
	jobs, err = s.Engine(book, nil).Owing(t.Context(), s.Clock.Now())
	if err != nil || len(jobs) != 1 || jobs[0].PeriodName() != "2026-11-20" || jobs[0].Report.ID != "oslo" {
		t.Errorf("tomorrow: %v, %v", jobs, err)
	}
	if rows, err := book.PlannedThrough(t.Context(), "T12345678"); err != nil || rows[0].Report != "test" {
		t.Errorf("%v, %v", rows, err)
	}
}

// TestAReportThatMovesToAnotherFileGoesOn: also when the file that it left is there still.
func TestAReportThatMovesToAnotherFileGoesOn(t *testing.T) {
	for name, was := range map[string]string{"as it was": "", "under another id": "test"} {
		dir := t.TempDir()
		rep, stays := paymenttest.Mailed("a@x.no"), paymenttest.Mailed("b@x.no")
		stays.ID = "stays"
		s := shoptest.New(t, paymenttest.OneSale(t), rep, stays)
		s.Config = filepath.Join(dir, "one.yaml")
		files := map[string][]string{s.Config: {"test", "stays"}}
		for _, file := range []string{"one.yaml", "two.yaml"} {
			paymenttest.Must(t, os.WriteFile(filepath.Join(dir, file), nil, 0o600))
		}
		s.HasReport = func(path, id string) bool { return slices.Contains(files[path], id) }
		s.Run()
		s.Box.Got = nil
		moved := *rep
		if moved.Was = was; was != "" {
			moved.ID = "oslo"
		}
		one := s.Config
		two := filepath.Join(dir, "two.yaml")
		files[two], s.Config, s.Reports = []string{moved.ID}, two, []*reportconfig.Report{&moved}
		s.Days(1)
		book := s.Open()
		_, err := s.Engine(book, nil).Run(context.Background(), engine.Selection{})
		paymenttest.Must(t, book.Close())
		if e := (*ownership.OwnedElsewhereError)(nil); !errors.As(err, &e) || e.Config != one || len(s.Box.Got) > 0 {
			t.Errorf("%s: while both have it: %v, sent %s", name, err, numbered(s))
		}
		files[one] = []string{"stays"}
		if s.Run(); numbered(s) != "nr. 2 a@x.no" || s.Alarms() != "" {
			t.Errorf("%s: it moved: %s; %s", name, s.Said(), s.Alarms())
		}
	}
}
