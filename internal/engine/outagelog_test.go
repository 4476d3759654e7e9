package engine_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/mail"
	"strings"
	"testing"
	"time"

	"rapport/fetch"
	"rapport/internal/paymenttest"
	"rapport/internal/shoptest"
	ourmail "rapport/mail"
)

// shopOfManyReports has reports, each for somebody else, an operator, and its log in a buffer.
func shopOfManyReports(t *testing.T, reports int) (s *shoptest.Shop, log *bytes.Buffer) {
	t.Helper()
	s = shoptest.New(t, paymenttest.OneSale(t))
	for i := range reports {
		r := paymenttest.Mailed(fmt.Sprintf("store%02d@x.no", i))
		r.ID = fmt.Sprintf("store%02d", i)
		s.Reports = append(s.Reports, r)
	}
	s.Operator = &mail.Address{Address: "operator@x.no"}
	log = new(bytes.Buffer)
	s.Log = log
	return s, log
}

// live lets a daemon that starts now live for so long.
func live(s *shoptest.Shop, d time.Duration) {
	s.T.Helper()
	book := s.Open()
	defer book.Close()
	e, pokes := daemonOf(s, book)
	for end := s.Clock.Add(d); s.Clock.Before(end); {
		next := wake(s, e, pokes)
		if soonest := s.Clock.Add(20 * time.Minute); next.Before(soonest) {
			next = soonest // a machine that is slow, so that the test is fast
		}
		s.Clock.Time = next.In(s.Clock.Location())
	}
	if err := e.Drain(context.Background()); err != nil {
		s.T.Error(err)
	}
}

// lines are those of a log, but those of files that were written and messages that were sent.
func linesOf(log *bytes.Buffer) (of map[string][]string) {
	of = map[string][]string{}
	for line := range strings.Lines(log.String()) {
		_, rest, _ := strings.Cut(line, "level=")
		level, _, _ := strings.Cut(rest, " ")
		if strings.Contains(line, "state=written") || strings.Contains(line, "state=sent") {
			level = "done"
		}
		of[level] = append(of[level], line)
	}
	return of
}

// TestAnOutageOfThirtyHoursIsAFewLines counts what a daemon writes that is started again in
// the middle of it.
func TestAnOutageOfThirtyHoursIsAFewLines(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("takes long")
	}
	unauthorized := &fetch.StatusError{Code: http.StatusUnauthorized}
	for name, outage := range map[string]struct {
		reports    int
		source     error
		relay      func() *ourmail.Error
		warn, fail int // lines at most
		ends       string
	}{
		"the relay is down":          {30, nil, shoptest.RelayOut, 12, 4, "the relay takes mail again"},
		"the source is down":         {10, errors.New("connection refused"), nil, 12, 0, ""},
		"the source refuses us":      {10, unauthorized, nil, 12, 6, ""},
		"the relay takes none of it": {10, nil, shoptest.NotSent, 20, 4, ""},
	} {
		t.Run(name, func(t *testing.T) {
			s, log := shopOfManyReports(t, outage.reports)
			healthy := s.Source
			if outage.source != nil {
				s.Source = paymenttest.Source{Err: outage.source}
			}
			if outage.relay != nil {
				s.Box.Failing("operator@x.no", outage.relay())
				for _, r := range s.Reports {
					s.Box.Failing(r.Emails[0].Address, outage.relay())
				}
			}
			live(s, 15*time.Hour)
			live(s, 15*time.Hour)
			during := linesOf(log)
			t.Logf("INFO %d WARN %d ERROR %d", len(during["INFO"]), len(during["WARN"]), len(during["ERROR"]))
			if len(during["WARN"]) == 0 || len(during["WARN"]) > outage.warn || len(during["ERROR"]) > outage.fail || len(during["INFO"]) > 4 {
				t.Errorf("%s", log)
			}
			log.Reset()
			s.Source, s.Box.Fail = healthy, nil
			live(s, 2*time.Hour)
			after := linesOf(log)
			if sent := strings.Count(log.String(), "state=sent"); sent != 2*outage.reports || len(after["WARN"])+len(after["ERROR"]) > 0 || !strings.Contains(log.String(), outage.ends) || len(after["INFO"]) > outage.reports+6 {
				t.Errorf("%d sent: %s", sent, log)
			}
		})
	}
}
