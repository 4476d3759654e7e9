package planner_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"rapport/internal/archive"
	"rapport/internal/calendar"
	"rapport/internal/ledger"
	"rapport/internal/payment"
	"rapport/internal/paymenttest"
	"rapport/internal/shoptest"
	"rapport/internal/verify"
	"rapport/reportconfig"
)

// The zone, or when days start, is changed and changed back: each sale is in one report, no hour is
// in two or in none, and each report has a name of its own.
func TestAChangeOfTheZoneLosesNoHour(t *testing.T) {
	for _, schedule := range []calendar.Schedule{calendar.Daily, calendar.Weekly} {
		for _, zones := range [][]string{
			{"Europe/Oslo", "UTC", "Europe/Oslo"}, {"Europe/Oslo", "America/New_York", "Europe/Oslo"},
			{"Pacific/Auckland", "Pacific/Honolulu", "Pacific/Auckland"}, {"Europe/Oslo", "Europe/Oslo 04:00", "Europe/Oslo"},
		} {
			t.Run(fmt.Sprint(schedule, " ", strings.Join(zones, ", ")), func(t *testing.T) { changeZones(t, schedule, zones) })
		}
	}
}

func changeZones(t *testing.T, schedule calendar.Schedule, zones []string) {
	source := paymenttest.Source{}
	begin := paymenttest.At(t, "2026-10-20T00:30:00Z")
	for h := range 24 * 80 { // a sale every hour
		tx := paymenttest.Captured(t, fmt.Sprintf("hour-%04d", h), 100)
		tx.Events = []payment.Event{paymenttest.Event(t, payment.EventCapture, begin.Add(time.Duration(h)*time.Hour).Format(time.RFC3339), 100)}
		source.Sales = append(source.Sales, tx)
	}
	rep := paymenttest.Mailed("a@x.no")
	rep.Schedule, rep.ContentTypes = schedule, []reportconfig.ContentType{reportconfig.CSV, reportconfig.PDF}
	rep.At = calendar.TimeOfDay{Hour: 6}
	s := shoptest.New(t, source, rep)
	s.Clock.Time = begin.AddDate(0, 0, 20)
	for _, zone := range zones {
		name, starts, late := strings.Cut(zone, " ")
		location, err := time.LoadLocation(name)
		paymenttest.Must(t, err)
		s.Zone, rep.DayStarts = location, calendar.TimeOfDay{}
		if late {
			rep.DayStarts = calendar.TimeOfDay{Hour: int(starts[1] - '0')}
		}
		for range map[calendar.Schedule]int{calendar.Daily: 4, calendar.Weekly: 16}[schedule] {
			s.Run()
			s.Clock.Time = s.Clock.Add(24 * time.Hour)
		}
	}
	s.Run()
	book := s.Open()
	defer book.Close()
	rows, err := book.Periods(context.Background(), ledger.Filter{Account: "T12345678"})
	paymenttest.Must(t, err)
	slices.SortFunc(rows, func(a, b ledger.Period) int { return a.From.Compare(b.From) })
	names := map[string]bool{}
	for i, row := range rows {
		if i > 0 && !row.From.Equal(rows[i-1].To) {
			t.Errorf("%s begins at %s, the one before ended at %s", row.Name, row.From.UTC(), rows[i-1].To.UTC())
		}
		if names[row.Name] {
			t.Errorf("%s comes twice", row.Name)
		}
		names[row.Name] = true
		if row.State != ledger.Made {
			t.Errorf("%s is %s: %s", row.Name, row.State, row.Error)
			continue
		}
		hours := int64(row.To.Sub(row.From) / time.Hour)
		if got, want := shoptest.SumOf(t, s.Archived(row.Name)["csv"], "Netto"), fmt.Sprintf("%d,00", hours); got != want {
			t.Errorf("%s has %s, in %d hours", row.Name, got, hours)
		}
	}
	if least := map[calendar.Schedule]int{calendar.Daily: 10, calendar.Weekly: 6}[schedule]; len(rows) < least {
		t.Errorf("%d periods", len(rows))
	}
	sum, err := verify.Job{Ledger: book, Archive: archive.Archive{Dir: s.Archive}, Account: "T12345678"}.Run(t.Context(), func(verify.Series) error { return nil }, func(f verify.Fault) error {
		t.Errorf("%+v", f)
		return nil
	})
	if paymenttest.Must(t, err); int(sum.Reports) != len(rows) {
		t.Errorf("%d reports are verified of %d", sum.Reports, len(rows))
	}
	s.Run(rows[len(rows)-1].Name) // by its name it is the one that there is
	if again, err := book.Periods(context.Background(), ledger.Filter{Account: "T12345678"}); err != nil || len(again) != len(rows) {
		t.Errorf("%d periods, then %d: %v", len(rows), len(again), err)
	}
}
