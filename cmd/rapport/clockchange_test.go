package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestDaysOfBothClockChangesTileTheirMonth: with an event every half hour the days of 23
// and 25 hours have theirs, and all days of the month together are the month, row by row.
func TestDaysOfBothClockChangesTileTheirMonth(t *testing.T) {
	long(t)
	t.Parallel()
	for _, c := range []struct {
		month, next, day string
		rows             int
	}{
		{"2026-03", "2026-04-01", "2026-03-29", 46},
		{"2026-10", "2026-11-01", "2026-10-25", 50},
	} {
		t.Run(c.month, func(t *testing.T) {
			t.Parallel()
			dir, program := t.TempDir(), binary(t)
			halfHours(t, filepath.Join(dir, "transactions.ndjson"), c.month)
			config := filepath.Join(dir, "shop.yaml")
			writeConfig(t, config, `account: T12345678
source: {files: {transactions: transactions.ndjson}}
reports:
  - {id: daily, name: d, dataType: checkout/transactions, schedule: daily, language: en, contentTypes: [text/csv]}
  - {id: monthly, name: m, dataType: checkout/transactions, schedule: monthly, language: en, contentTypes: [text/csv]}
`)
			for _, now := range []string{c.day + "T05:59", c.next + "T06:00"} { // before its end, and after the month's
				start(t, program, "run", config, "--now", now).ends(exitDone)
			}
			last, err := time.Parse(time.DateOnly, c.next)
			if err != nil {
				t.Fatal(err)
			}
			days := c.month + "-01.." + last.AddDate(0, 0, -1).Format(time.DateOnly)
			start(t, program, "run", config, "--report", "daily", "--period", days, "--now", c.next+"T06:00").ends(exitDone)
			var sum []string
			for day := 1; day <= 31; day++ {
				name := fmt.Sprintf("%s-%02d", c.month, day)
				rows := csvRows(t, filepath.Join(dir, "archive", "daily", name, "d_"+name+".csv"))
				if name == c.day && len(rows) != c.rows {
					t.Errorf("%s has %d rows, want %d", name, len(rows), c.rows)
				}
				sum = append(sum, rows...)
			}
			month := csvRows(t, filepath.Join(dir, "archive", "monthly", c.month, "m_"+c.month+".csv"))
			if strings.Join(sum, "") != strings.Join(month, "") || len(month) < 31*46 {
				t.Errorf("the days have %d rows, the month %d, and they are not the same", len(sum), len(month))
			}
		})
	}
}

// halfHours writes a capture for each half hour of a month and of the days around it.
func halfHours(t *testing.T, path, month string) {
	t.Helper()
	first, err := time.Parse("2006-01", month)
	if err != nil {
		t.Fatal(err)
	}
	var text strings.Builder
	for at := first.AddDate(0, 0, -3); at.Before(first.AddDate(0, 1, 3)); at = at.Add(30 * time.Minute) {
		id, when := at.Format("20060102T150405"), at.Format(time.RFC3339)
		fmt.Fprintf(&text, `{"id":"T12345678.%s","amount":100,"currency":"NOK","status":"CAPTURED","created_at":%q,"updated_at":%q,"events":[{"id":"a%s","event":"AUTHORIZE","success":true,"amount":100,"created_at":%q},{"id":"c%s","event":"CAPTURE","success":true,"amount":100,"created_at":%q}]}`+"\n", id, when, when, id, when, id, when)
	}
	writeConfig(t, path, text.String())
}

// csvRows are the lines after the header.
func csvRows(t *testing.T, path string) []string {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.SplitAfter(string(data), "\r\n")
	return lines[1 : len(lines)-1]
}
