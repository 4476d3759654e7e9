package settlement_test

import (
	"context"
	"fmt"
	"iter"
	"log/slog"
	"testing"
	"time"

	"rapport/fetch"
	"rapport/fetch/sandbox"
	"rapport/internal/calendar"
	"rapport/internal/payment"
	"rapport/internal/report"
	"rapport/internal/settlement"
)

// simulated is the account of the simulated Dintero as it is at the end of October 2026: a year of
// settlements, with all that it hides in them.
type simulated struct {
	zone    *time.Location
	reading *settlement.Reading
	hidden  map[settlement.Key]int64 // by how much the events of a settlement are more than what it takes
}

// simulate reads two years of the simulated Dintero.
func simulate(t *testing.T) *simulated {
	t.Helper()
	zone, err := time.LoadLocation("Europe/Oslo")
	if err != nil {
		t.Fatal(err)
	}
	now := time.Date(2026, 11, 3, 7, 0, 0, 0, zone)
	server, err := sandbox.New(sandbox.Options{Seed: 1, Now: func() time.Time { return now }})
	if err != nil {
		t.Fatal(err)
	}
	client := fetch.New(fetch.Config{
		Account: "T12345678", ClientID: "id", Secret: func() (string, error) { return "c4n4ry", nil },
		APIURL: "http://dintero.invalid/v1", CheckoutURL: "http://dintero.invalid/v1", Audience: "http://dintero.invalid/v1/accounts/T12345678",
		Transport: server.Transport(), Version: "test", Now: time.Now, Log: slog.New(slog.DiscardHandler),
	})
	s := &simulated{zone: zone, hidden: map[settlement.Key]int64{}, reading: &settlement.Reading{Settlements: map[string]*payment.Settlement{}, Known: true, Now: now}}
	since := time.Date(2025, 4, 1, 0, 0, 0, 0, zone)
	ctx := context.Background()
	for one, err := range client.Settlements(ctx, payment.SettlementQuery{SettledFrom: since}) {
		if err != nil {
			t.Fatal(err)
		}
		settlement.Newest(s.reading.Settlements, one)
		for _, a := range one.Amounts {
			s.hidden[settlement.Key{ID: one.ID, Currency: a.Currency}] -= a.Amount + a.Fee
		}
	}
	rows := report.NewCollector(t.TempDir(), time.UTC, report.NewDedup(t.TempDir()), 1)
	t.Cleanup(func() { rows.Close() })
	for tx, err := range client.Transactions(ctx, payment.Query{From: since, To: now}) {
		if err != nil {
			t.Fatal(err)
		}
		if err := report.AppendMovements(rows, &tx, since); err != nil {
			t.Fatal(err)
		}
	}
	var moves []settlement.Movement
	var row report.Row
	for raw, err := range rows.Sorted() {
		var one settlement.Movement
		if err == nil {
			err = report.ReadMovement(raw, &row, &one)
		}
		if err != nil {
			t.Fatal(err)
		}
		moves = append(moves, one)
		for _, p := range one.Parts {
			s.hidden[settlement.Key{ID: p.Settlement, Currency: one.Currency}] += p.Gross
		}
	}
	s.reading.Movements = func() iter.Seq2[*settlement.Movement, error] {
		return func(yield func(*settlement.Movement, error) bool) {
			for i := range moves {
				if !yield(&moves[i], nil) {
					return
				}
			}
		}
	}
	if err := s.reading.Learn(zone); err != nil {
		t.Fatal(err)
	}
	return s
}

// A year of settlements: each bridge opens with what the one before it closed with, every line adds
// up, and unexplained is what the simulated Dintero hides, to the øre, and nothing else. Every
// settlement is told of once, whatever the schedule.
func TestAYearOfBridgesChains(t *testing.T) {
	if testing.Short() {
		t.Skip("reads two years")
	}
	s := simulate(t)
	november, march := time.Date(2025, 11, 1, 12, 0, 0, 0, s.zone), time.Date(2026, 3, 1, 12, 0, 0, 0, s.zone)
	s.chain(t, calendar.Weekly, november, 12, 52)
	if monthly, terms := s.chain(t, calendar.Monthly, november, 12, 12), s.chain(t, calendar.VATTerm, november, 12, 6); monthly != terms {
		t.Errorf("months pay out %s, VAT terms %s", monthly, terms)
	}
	// Each bridge looks at all movements again, so days are those of four months.
	if daily, monthly := s.chain(t, calendar.Daily, march, 4, 122), s.chain(t, calendar.Monthly, march, 4, 4); daily != monthly {
		t.Errorf("from March to June days pay out %s, months %s", daily, monthly)
	}
}

// chain makes the bridges of so many months, and says what they pay out.
func (s *simulated) chain(t *testing.T, schedule calendar.Schedule, from time.Time, months, want int) string {
	t.Helper()
	period := schedule.Containing(from, s.zone)
	if schedule == calendar.Weekly {
		period = period.Next()
	}
	end := time.Date(from.Year(), from.Month()+time.Month(months), 1, 0, 0, 0, 0, s.zone)
	if schedule == calendar.Weekly {
		end = end.AddDate(0, 0, 1)
	}
	history := newHistory(t)
	closings := map[settlement.LineKey]int64{}
	rows := map[settlement.Key]bool{}
	paid := map[string]int64{}
	unexplained := map[string]int64{} // by currency: what is to be shown
	before := map[settlement.Key]bool{}
	first, _ := period.Days()
	n := 0
	for ; !period.To.After(end); period = period.Next() {
		q := settlement.Question{Report: "r", Name: period.String(), Period: period, Zone: s.zone}
		o, err := settlement.Make(q, history, s.reading)
		if err != nil {
			t.Fatal(err)
		}
		n++
		opened, closed, shown, expected := map[string]int64{}, map[string]int64{}, map[string]int64{}, map[string]int64{}
		for _, l := range o.Lines {
			if l.Opening+l.Captured+l.Refunded-l.Fees-l.PaidOut != l.Closing || l.NotSettled+l.Postponed+l.Unexplained != l.Closing {
				t.Fatalf("%s: a line does not add up: %+v", q.Name, l)
			}
			if !o.Moved && n > 1 && l.Opening != closings[l.LineKey] {
				t.Errorf("%s: %v opens with %d and closed with %d", q.Name, l.LineKey, l.Opening, closings[l.LineKey])
			}
			opened[string(l.Currency)] += l.Opening
			shown[string(l.Currency)] += l.Unexplained
		}
		for k, minor := range closings {
			closed[string(k.Currency)] += minor
		}
		for code := range opened {
			if n > 1 && opened[code] != closed[code] {
				t.Errorf("%s: %s opens with %d and closed with %d", q.Name, code, opened[code], closed[code])
			}
		}
		clear(closings)
		for _, l := range o.Lines {
			closings[l.LineKey] = l.Closing
		}
		for i := range o.Rows {
			row := &o.Rows[i]
			if rows[row.Key()] && !row.Late {
				t.Errorf("%s: settlement %s is told of twice", q.Name, row.ID)
			}
			rows[row.Key()] = true
			if row.Paid() {
				paid[string(row.Currency)] += row.Amount
				unexplained[string(row.Currency)] += s.hidden[row.Key()]
				if before[row.Key()] {
					t.Errorf("%s: settlement %s is paid at last, and was postponed before the first bridge", q.Name, row.ID)
				}
			}
		}
		for _, w := range o.Waiting { // what they hide is shown while they wait, but of those that the first opening counts as they are
			if n == 1 && w.Day.Before(first) {
				before[w.Key] = true
			}
			if before[w.Key] {
				continue
			}
			expected[string(w.Currency)] += s.hidden[w.Key] + w.Amount + w.Fee - (w.Capture - w.Refund)
		}
		for code := range shown {
			if got, want := shown[code], expected[code]+unexplained[code]; got != want {
				t.Fatalf("%s: %s unexplained %d, hidden are %d", q.Name, code, got, want)
			}
		}
		if err := history.Add(o.Record); err != nil {
			t.Fatal(err)
		}
	}
	if n != want {
		t.Errorf("%d %s bridges, want %d", n, schedule, want)
	}
	return fmt.Sprint(paid)
}
