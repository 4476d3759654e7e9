package engine_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"rapport/internal/builder"
	"rapport/internal/engine"
	"rapport/internal/ledger/ownership"
	"rapport/internal/paymenttest"
	"rapport/internal/shoptest"
	"rapport/reportconfig"
)

// TestOneBadDirectoryStopsItsOwnReportAlone: somebody's file stands where a report's files
// belong. That report waits, the operator hears, the others are made, whichever is first.
func TestOneBadDirectoryStopsItsOwnReportAlone(t *testing.T) {
	t.Parallel()
	for name, inTheWay := range map[string]string{"report": "b", "period": "b/2026-11-19"} {
		a, b, c := paymenttest.Mailed("a@x.no"), paymenttest.Mailed("b@x.no"), paymenttest.Mailed("c@x.no")
		a.ID, b.ID, c.ID = "a", "b", "c"
		s := shoptest.New(t, paymenttest.OneSale(t), a, b, c)
		path := filepath.Join(s.Archive, inTheWay)
		paymenttest.Must(t, os.MkdirAll(filepath.Dir(path), 0o700))
		paymenttest.Must(t, os.WriteFile(path, []byte("x"), 0o600))
		for range 2 {
			if o, err := runOnce(s); !o.Waiting && err == nil {
				t.Errorf("%s: nothing is wrong", name)
			}
		}
		if got := recipients(s); !strings.Contains(got, "a@x.no") || !strings.Contains(got, "c@x.no") || strings.Contains(got, "b@x.no") {
			t.Errorf("%s: sent %s", name, got)
		}
		if got := s.Alarms(); !strings.HasPrefix(got, "archive: b: the error was: ") || strings.Count(got, "\n") > 0 {
			t.Errorf("%s: alarms %q", name, got)
		}
		paymenttest.Must(t, os.Remove(path))
		s.Days(1)
		s.Source = paymenttest.Source{}
		if _, err := runOnce(s); err != nil || strings.Count(recipients(s), "b@x.no") != 2 || s.Alarms() != "" {
			t.Errorf("%s: once it is mended: %v, %s, %s", name, err, recipients(s), s.Alarms())
		}
	}
}

// TestTwoFilesWithOneReportAreTold: else the recipients of the second one got nothing, and
// nobody was told.
func TestTwoFilesWithOneReportAreTold(t *testing.T) {
	t.Parallel()
	first := filepath.Join(t.TempDir(), "first.yaml")
	paymenttest.Must(t, os.WriteFile(first, nil, 0o600))
	s := shoptest.New(t, paymenttest.OneSale(t), paymenttest.Mailed("a@x.no"))
	s.Config = first
	s.Run()
	other := paymenttest.Mailed("other@x.no")
	other.ID = "other"
	s.Reports, s.Config = []*reportconfig.Report{paymenttest.Mailed("b@x.no"), other}, "second.yaml"
	_, err := runOnce(s)
	var elsewhere *ownership.OwnedElsewhereError
	if !errors.As(err, &elsewhere) || elsewhere.Config != first || recipients(s) != "a@x.no other@x.no" {
		t.Errorf("%v, sent %s", err, recipients(s))
	}
	if got := s.Alarms(); !strings.HasPrefix(got, "configuration: test: the error was: report test is also in ") {
		t.Errorf("alarms %q", got)
	}
	link := filepath.Join(t.TempDir(), "link.yaml")
	paymenttest.Must(t, os.Symlink(first, link))
	s.Reports, s.Config = []*reportconfig.Report{paymenttest.Mailed("a@x.no")}, link
	s.Days(1)
	if _, err := runOnce(s); err != nil || strings.Count(recipients(s), "a@x.no") != 2 || s.Alarms() != "" {
		t.Errorf("the same file by another path: %v, %s, %s", err, recipients(s), s.Alarms())
	}
}

// runOnce is s.Run with its error.
func runOnce(s *shoptest.Shop) (o builder.Outcome, err error) {
	s.T.Helper()
	book := s.Open()
	s.Events = nil
	o, err = s.Engine(book, nil).Run(s.T.Context(), engine.Selection{})
	paymenttest.Must(s.T, book.Close())
	return o, err
}
