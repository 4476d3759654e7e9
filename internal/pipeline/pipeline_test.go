package pipeline

import (
	"context"
	"flag"
	"iter"
	"log/slog"
	"net/mail"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"rapport/fetch"
	"rapport/render"
	"rapport/reportconfig"
)

var update = flag.Bool("update", false, "write the golden files anew")

// things is a source of what it holds, in that order, whatever is asked.
type things struct {
	transactions []fetch.Transaction
	orders       []fetch.Order
	movements    []fetch.WalletTransaction
	err          error // after the last one
}

func all[T any](list []T, err error) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		for _, thing := range list {
			if !yield(thing, nil) {
				return
			}
		}
		if err != nil {
			var none T
			yield(none, err)
		}
	}
}

func (s things) Transactions(context.Context, fetch.Query) iter.Seq2[fetch.Transaction, error] {
	return all(s.transactions, s.err)
}

func (s things) Orders(context.Context, fetch.Query) iter.Seq2[fetch.Order, error] {
	return all(s.orders, s.err)
}

func (s things) Wallets(context.Context, fetch.Query) iter.Seq2[fetch.WalletTransaction, error] {
	return all(s.movements, s.err)
}

// at reads a time of the tests' day: "14:05" is local on 19 November 2026.
func at(t *testing.T, text string) time.Time {
	t.Helper()
	if len(text) == 5 {
		text = "2026-11-19T" + text + ":00+01:00"
	}
	when, err := time.Parse(time.RFC3339Nano, text)
	if err != nil {
		t.Fatal(err)
	}
	return when
}

func oslo(t *testing.T) *time.Location {
	t.Helper()
	zone, err := time.LoadLocation("Europe/Oslo")
	if err != nil {
		t.Fatal(err)
	}
	return zone
}

// A clock stands still until it is set.
type clock struct{ time.Time }

func (c *clock) now() time.Time { return c.Time }

// fjordfisk is whose reports the tests make.
func fjordfisk(t *testing.T) Account {
	return Account{ID: "T12345678", Zone: "Europe/Oslo", Location: oslo(t), Organization: render.Organization{Name: "Fjordfisk AS", Number: "940155223"}}
}

func newBuilder(t *testing.T, src Source) *Builder {
	t.Helper()
	return &Builder{Account: fjordfisk(t), Source: src, Log: slog.New(slog.DiscardHandler)}
}

func newComposer(t *testing.T) *Composer {
	t.Helper()
	return &Composer{
		Account: fjordfisk(t), From: mail.Address{Name: "Rapport", Address: "rapport@fjordfisk.no"}, Envelope: "bounce@fjordfisk.no",
		Log: slog.New(slog.DiscardHandler),
	}
}

// letterOf is what recipients get of a report that is built.
func letterOf(t *testing.T, b *build) letter {
	t.Helper()
	l, err := (&Composer{Account: fjordfisk(t)}).letter(b.job, b.statement, b.now)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// morning is 06:00 on the day after the tests' day.
func morning(t *testing.T) time.Time { return at(t, "2026-11-20T06:00:00+01:00") }

func report(data reportconfig.Data, language reportconfig.Language) *reportconfig.Report {
	return &reportconfig.Report{
		ID: "test", Data: data, Schedule: reportconfig.Daily, Language: language,
		ContentTypes: []reportconfig.ContentType{reportconfig.CSV}, At: reportconfig.TimeOfDay{Hour: 6},
	}
}

// csvOf makes a report of a period and reads its CSV.
func csvOf(t *testing.T, src Source, rep *reportconfig.Report, period string) string {
	t.Helper()
	r := newBuilder(t, src)
	b, err := r.buildOne(t.Context(), Job{Report: rep, Period: parsePeriod(t, period)}, t.TempDir(), morning(t))
	if err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(b.files[len(b.files)-1].path)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func parsePeriod(t *testing.T, name string) reportconfig.Period {
	t.Helper()
	p, err := reportconfig.ParsePeriod(name, oslo(t))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// rowsOf is the CSV's rows as maps from column to cell, for texts without quotes.
func rowsOf(t *testing.T, csv string) []map[string]string {
	t.Helper()
	lines := strings.Split(strings.TrimSuffix(strings.TrimPrefix(csv, "\ufeff"), "\r\n"), "\r\n")
	comma := ";"
	if strings.HasPrefix(lines[0], "Time,") || strings.HasPrefix(lines[0], "Authorised,") {
		comma = ","
	}
	head := strings.Split(lines[0], comma)
	var rows []map[string]string
	for _, line := range lines[1:] {
		cells := strings.Split(line, comma)
		if len(cells) != len(head) {
			t.Fatalf("%d cells under %d columns: %s", len(cells), len(head), line)
		}
		row := map[string]string{}
		for i, cell := range cells {
			row[head[i]] = cell
		}
		rows = append(rows, row)
	}
	return rows
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", path, diff)
	}
}

func TestThePublishedExampleIs683Kroner(t *testing.T) {
	src := fetch.Files{TransactionsFile: filepath.Join("testdata", "published.json")}
	for _, language := range []reportconfig.Language{reportconfig.Norwegian, reportconfig.English} {
		golden(t, "published-"+string(language)+".csv", csvOf(t, src, report(reportconfig.Transactions{}, language), "2019-01-18"))
	}
	rows := rowsOf(t, csvOf(t, src, report(reportconfig.Transactions{}, reportconfig.English), "2019-01-18"))
	if len(rows) != 2 || rows[0]["Captured"] != "597.00" || rows[1]["Captured"] != "86.00" {
		t.Errorf("captures of 597.00 and 86.00 are wanted, not the 722.00 that was authorised: %v", rows)
	}
}

func TestTheShippingThatIsNeverCapturedIsNotOpen(t *testing.T) {
	src := fetch.Files{TransactionsFile: filepath.Join("testdata", "published.json")}
	if rows := rowsOf(t, csvOf(t, src, report(reportconfig.Open{}, reportconfig.English), "2019-01-18")); len(rows) != 0 {
		t.Errorf("Dintero calls it captured, and no later event did that: %v", rows)
	}
}
