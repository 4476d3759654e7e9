package main

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"

	"rapport/internal/daemon"
	"rapport/internal/ledger"
	"rapport/reportconfig"
)

const yearConfig = `account: T12345678
source: {files: {transactions: none.json, orders: none.json, wallets: none.json}} # a year of days on which nothing happened
mail: {from: Rapport <rapport@x.example>, outbox: outbox}
reports:
  - {id: daily, dataType: checkout/transactions, schedule: daily, language: no, contentTypes: [text/csv], emails: [a@x.example], reportFilters: [{filter: store_id, value: sc029}]}
  - {id: night, dataType: checkout/transactions, schedule: daily, language: no, contentTypes: [text/csv], emails: [a@x.example], reportFilters: [{filter: store_id, value: sc029}], at: "02:30"}
  - {id: weekly, dataType: checkout/transactions/open, schedule: weekly, language: en, contentTypes: [text/csv], emails: [a@x.example]}
  - {id: monthly, dataType: wallets/transactions, schedule: monthly, language: no, contentTypes: [text/csv], emails: [a@x.example]}
  - {id: twice, dataType: orders/orderoperations, schedule: twice-a-month, language: no, emails: [a@x.example]}
`

// TestAYearInOslo lets the daemon live through a leap year on a clock that is not real:
// every report is made once for each period, at the right local time, both changes of
// the clock included.
func TestAYearInOslo(t *testing.T) {
	long(t)
	t.Parallel()
	oslo, err := time.LoadLocation("Europe/Oslo")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	path := filepath.Join(dir, "shop.yaml")
	for file, text := range map[string]string{path: yearConfig, filepath.Join(dir, "none.json"): "[]"} {
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	synctest.Test(t, func(t *testing.T) {
		p := &program{getenv: func(string) string { return "" }, stdout: io.Discard, stderr: io.Discard, now: time.Now}
		s := newServer(p, []string{path}, slog.New(slog.DiscardHandler))
		s.pollInterval = 12 * time.Hour // so that a look by chance makes up for no alarm
		s.monitoring.Listen = func(string, string) (net.Listener, error) { return nil, errors.New("a bubble has no network") }
		year, cancel := context.WithTimeout(t.Context(), time.Until(time.Date(2001, 1, 1, 12, 0, 0, 0, oslo)))
		defer cancel()
		if err := daemon.New(daemon.Config{Load: s.load, MaxJump: s.maxJump, Ready: s.ready, MaxSleep: 12 * time.Hour, Log: s.log}).Run(year); err != nil {
			t.Fatal(err)
		}
		book, err := p.openLedger(t.Context(), &reportconfig.Config{State: filepath.Join(dir, "rapport.db")}, true)
		if err != nil {
			t.Fatal(err)
		}
		checkYear(t, book, oslo)
		if err := book.Close(); err != nil {
			t.Error(err)
		}
	})
	mails, err := filepath.Glob(filepath.Join(dir, "outbox", "*.eml"))
	if want := 2*368 + 54 + 14 + 26; err != nil || len(mails) != want {
		t.Errorf("%d mails, %v, want %d", len(mails), err, want)
	}
}

// checkYear holds what the ledger says against a calendar of its own.
func checkYear(t *testing.T, book *ledger.Ledger, oslo *time.Location) {
	rows, err := book.Periods(t.Context(), ledger.Filter{})
	if err != nil {
		t.Fatal(err)
	}
	first := time.Date(2000, 1, 1, 1, 0, 0, 0, oslo) // when the bubble's clock begins
	made := map[string]int{}
	for _, row := range rows {
		made[row.Report]++
		due := wantDue(row, oslo)
		if due.Before(first) {
			due = first // what was due before the daemon began is made at once
		}
		if late := row.MadeAt.Sub(due); row.State != ledger.Made || late < 0 || late > 5*time.Second {
			t.Errorf("%s %s is %s, made %s, due %s", row.Report, row.Name, row.State, row.MadeAt.In(oslo), due)
		}
	}
	for report, want := range map[string]int{"daily": 368, "night": 368, "weekly": 54, "monthly": 14, "twice": 26} {
		if made[report] != want {
			t.Errorf("%s: %d periods, want %d", report, made[report], want)
		}
	}
	deliveries, err := book.Deliveries(t.Context(), ledger.Filter{})
	if err != nil || len(deliveries) != len(rows) {
		t.Errorf("%d deliveries of %d periods, %v", len(deliveries), len(rows), err)
	}
	for _, d := range deliveries {
		if d.State != ledger.Sent || d.Attempts != 1 {
			t.Errorf("%s %s is %s after %d attempts", d.Report, d.Period, d.State, d.Attempts)
		}
	}
}

// wantDue is the local time at which a row is due: 06:00 of the day it ends on, of the
// night report 02:30, which the night of 26 March 2000 did not have.
func wantDue(row ledger.Period, oslo *time.Location) time.Time {
	to := row.To.In(oslo)
	hour, minute := 6, 0
	if row.Report == "night" {
		hour, minute = 2, 30
		if to.Month() == time.March && to.Day() == 26 {
			hour, minute = 3, 0
		}
	}
	due := time.Date(to.Year(), to.Month(), to.Day(), hour, minute, 0, 0, oslo)
	if row.Report == "night" && to.Month() == time.October && to.Day() == 29 { // twice: the first counts
		due = time.Date(2000, 10, 29, 0, 30, 0, 0, time.UTC)
	}
	return due
}
