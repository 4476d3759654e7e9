package ledger

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// released are the migrations that a version had that somebody may have run. They never
// change: what they made is out there. What is to change comes in a new one.
func released() map[string]string {
	return map[string]string{
		"0001_first.sql": "d981b061d06dd881d8afd90fefa12db58bfd22c249da4bce4cd421eb0ec99503", // 7f45ed1
	}
}

func TestAMigrationThatWasReleasedNeverChanges(t *testing.T) {
	d, err := sqliteDialect(&dbFile{})
	must(t, err)
	known, err := loadMigrations(d.migrations)
	must(t, err)
	sums := released()
	for _, m := range known {
		if want := sums[m.name]; want != "" && want != m.sum {
			t.Errorf("%s was changed; write a new one", m.name)
		}
		delete(sums, m.name)
	}
	for name := range sums {
		t.Errorf("%s is gone", name)
	}
}

// TestALedgerOfEveryVersionOpens and answers as it did. Testdata has a file of each version,
// made by that version: KEEP_LEDGER=v1.2 go test -run OfEveryVersion writes one of today's.
func TestALedgerOfEveryVersionOpens(t *testing.T) {
	today := filepath.Join(t.TempDir(), "rapport.db")
	fillLedger(t, today)
	if name := os.Getenv("KEEP_LEDGER"); name != "" {
		keepLedger(t, today, filepath.Join("testdata", name+".db.gz"))
	}
	files := map[string]string{"today": today}
	kept, err := filepath.Glob("testdata/*.db.gz")
	must(t, err)
	for _, packed := range kept {
		path := filepath.Join(t.TempDir(), "rapport.db")
		unpackLedger(t, packed, path)
		files[packed] = path
	}
	if len(files) < 2 {
		t.Error("no version was kept")
	}
	want := string(readFile(t, "testdata/answers.txt"))
	for name, path := range files {
		t.Run(name, func(t *testing.T) {
			l := mustOpen(t, path)
			if diff := cmp.Diff(want, answers(t, l)); diff != "" {
				t.Error(diff)
			}
			freed, err := l.Reap(context.Background())
			must(t, err)
			if len(freed.Uncertain) != 1 || freed.Uncertain[0].Recipient != "sending@x.no" || freed.Periods != 1 || freed.Deliveries != 2 {
				t.Errorf("what a dead process left: %+v", freed)
			}
			for _, d := range mustList(t, l) {
				if d.Claimed || d.State == Sending {
					t.Errorf("still at work: %+v", d)
				}
				if d.State == Queued || d.State == Deferred || d.State == Uncertain {
					sendDay(t, l, d.ID)
				}
			}
			next := Planned{Key: Key{"T12345678", "daily", testNow(), testNow().Add(time.Hour)}, Config: "/etc/rapport/shop.yaml", State: Owed}
			if added, err := l.Plan(context.Background(), []Planned{next}); err != nil || len(added) != 1 {
				t.Errorf("planned %d, %v", len(added), err)
			}
		})
	}
}

func mustList(t *testing.T, l *Ledger) []Delivery {
	t.Helper()
	all, err := l.Deliveries(context.Background(), Filter{})
	must(t, err)
	return all
}

func keepLedger(t *testing.T, path, packed string) {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, err := w.Write(readFile(t, path))
	must(t, errors.Join(err, w.Close()))
	must(t, os.WriteFile(packed, b.Bytes(), 0o644))
}

func unpackLedger(t *testing.T, packed, path string) {
	t.Helper()
	r, err := gzip.NewReader(bytes.NewReader(readFile(t, packed)))
	must(t, err)
	content, err := io.ReadAll(r)
	must(t, err)
	must(t, os.WriteFile(path, content, 0o600))
}

// fillLedger writes a row of every table and every state. The same calls made the files under
// testdata, each with the code of its version, so that all of them answer alike.
func fillLedger(t *testing.T, path string) {
	t.Helper()
	ctx := context.Background()
	l := mustOpen(t, path)
	at := testNow()
	day := func(report string, n int) Planned {
		from := time.Date(2026, 11, 10, 23, 0, 0, 0, time.UTC).AddDate(0, 0, n)
		return Planned{Key: Key{"T12345678", report, from, from.AddDate(0, 0, 1)}, Name: from.AddDate(0, 0, 1).Format(time.DateOnly), Schedule: "daily",
			Config: "/etc/rapport/shop.yaml", Due: from.Add(30 * time.Hour), State: Owed}
	}
	plan := func(p Planned) int64 {
		added, err := l.Plan(ctx, []Planned{p})
		must(t, err)
		return added[0].ID
	}
	states := []DeliveryState{Queued, Deferred, Uncertain, Held, Sent, Refused, Expired, CancelledDelivery, Closed, "resent", "claimed", "sending"}
	made := MadePeriod{
		At: at, FilterHash: "0badcafe", MessageContent: []byte{0, 255, 10}, Fingerprints: []byte{1, 2, 255},
		Artifacts: []Artifact{{"daily/2026-11-11/daily_2026-11-11.pdf", "application/pdf", "aa", 20480, 7}, {"daily/2026-11-11/daily_2026-11-11.csv", "text/csv", "bb", 700, 7}},
		Totals:    []Total{{"currency", "NOK", "", "NOK", "captured", 5, 68300}, {"store", "sc029", "Ålesund", "NOK", "refunded", 2, -1500}},
	}
	for _, s := range states {
		made.Deliveries = append(made.Deliveries, NewDelivery{string(s) + "@x.no", "<" + string(s) + "@fjordfisk.no>", "daily/2026-11-11/.outgoing/" + string(s) + ".message", "sum of " + string(s), 1234})
	}
	id := plan(day("daily", 0))
	_, err := l.ClaimPeriod(ctx, id)
	must(t, err)
	must(t, l.RecordMade(ctx, id, made))
	all, err := l.Unsent(ctx, "T12345678")
	must(t, err)
	end := func(id int64, s Result) {
		_, err := l.ClaimDelivery(ctx, id)
		must(t, err)
		at = at.Add(time.Second)
		must(t, l.MarkSending(ctx, id, at))
		s.At = at
		must(t, l.Finish(ctx, id, s))
	}
	for i, s := range states[1:10] {
		id := all[i+1].ID
		switch s {
		case Closed:
			_, err := l.CloseDelivery(ctx, id, at)
			must(t, err)
		case "resent":
			end(id, Result{State: Uncertain, Answer: "no answer"})
			end(id, Result{State: Sent, Answer: "250 ok"})
			_, err := l.Resend(ctx, id, at)
			must(t, err)
		default:
			end(id, Result{State: s, NextTry: at.Add(time.Hour), Answer: "450 «later»"})
		}
	}
	for n, s := range []PeriodState{Owed, Failed, Cancelled} {
		id := plan(day("daily", n+1))
		_, err := l.ClaimPeriod(ctx, id)
		must(t, err)
		must(t, l.PostponePeriod(ctx, id, Postponed{NextTry: at.Add(2 * time.Hour), State: s, Error: "page 3: 500"}))
	}
	skipped, archived := day("daily", 4), day("old", 0)
	skipped.State, skipped.Note = Skipped, "too old"
	archived.State, archived.Number, archived.Note = Archived, 41, "in the archive"
	plan(skipped)
	plan(archived)
	plan(day("old", 1))
	purged := plan(day("purged", 0))
	_, err = l.ClaimPeriod(ctx, purged)
	must(t, err)
	must(t, l.RecordMade(ctx, purged, MadePeriod{At: at}))
	must(t, l.PurgeDetails(ctx, purged))
	foreign := day("daily", 0)
	foreign.Account = "P87654321"
	plan(foreign)
	for _, subject := range []string{"told", "untold", "well"} {
		must(t, l.Raise(ctx, "T12345678", "late", subject, "daily is late", at))
	}
	pending, err := l.PendingAlarms(ctx, "T12345678")
	must(t, err)
	must(t, l.AlarmsNotified(ctx, []int64{pending[0].ID, pending[2].ID}, at))
	must(t, l.Resolve(ctx, "T12345678", "late", "well", at.Add(time.Minute)))
	_, err = l.ClaimArchiveDir(ctx, "/srv/archive/daily", "T12345678")
	must(t, err)
	dying := mustOpen(t, path) // and dies at work
	making := plan(day("dying", 0))
	_, err = dying.ClaimPeriod(ctx, making)
	must(t, err)
	for _, d := range all[10:] {
		_, err := dying.ClaimDelivery(ctx, d.ID)
		must(t, err)
	}
	must(t, dying.MarkSending(ctx, all[11].ID, at))
	must(t, dying.Close())
	must(t, l.Close())
}

// answers is everything that a ledger says of what fillLedger wrote.
func answers(t *testing.T, l *Ledger) string {
	t.Helper()
	ctx := context.Background()
	var b strings.Builder
	none := strings.NewReplacer("0001-01-01 00:00:00 +0000 UTC", "never", " +0000 UTC", "Z")
	line := func(values ...any) { b.WriteString(none.Replace(fmt.Sprintln(values...))) }
	periods, err := l.Periods(ctx, Filter{})
	must(t, err)
	for _, p := range periods {
		line("period", p.ID, p.Account, p.Report, p.From, p.To, p.Name, p.Schedule, p.Config, p.Due, p.State, "attempts", p.Attempts, "crashes", p.Crashes, "next", p.NextTry, p.Error, "made", p.MadeAt, "number", p.Number, p.FilterHash, "claimed", p.Claimed)
		artifacts, err := l.Artifacts(ctx, p.ID)
		must(t, err)
		totals, err := l.Totals(ctx, p.ID)
		must(t, err)
		content, err := l.MessageContent(ctx, p.ID)
		must(t, err)
		fingerprints, err := l.Fingerprints(ctx, p.ID)
		must(t, err)
		line("  ", artifacts, totals, content, fingerprints)
	}
	deliveries, err := l.Deliveries(ctx, Filter{})
	must(t, err)
	for _, d := range deliveries {
		line("delivery", d.ID, d.PeriodID, d.Account, d.Report, d.Period, d.Config, d.Due, d.Recipient, "revision", d.Revision, d.State, "attempts", d.Attempts, "uncertain", d.Uncertain, "queued", d.QueuedAt,
			"first", d.FirstTry, "last", d.LastTry, "next", d.NextTry, "finished", d.FinishedAt, d.MessageID, d.File, d.SHA256, d.Size, d.Answer, "claimed", d.Claimed, "begun", d.Begun)
		attempts, err := l.Attempts(ctx, d.ID)
		must(t, err)
		line("  ", attempts)
	}
	open, err := l.OpenAlarms(ctx, "T12345678")
	must(t, err)
	pending, err := l.PendingAlarms(ctx, "T12345678")
	must(t, err)
	for _, a := range append(open, pending...) {
		line("alarm", a.ID, a.Account, a.Kind, a.Subject, a.Text, a.Raised, a.Notified, a.Resolved)
	}
	stats, err := l.Stats(ctx, "T12345678")
	must(t, err)
	line("stats", stats)
	through, err := l.PlannedThrough(ctx, "T12345678")
	must(t, err)
	line("planned through", through)
	dirs, err := l.ArchiveDirs(ctx)
	must(t, err)
	line("archive directories", dirs)
	for _, report := range []string{"daily", "old", "new"} {
		n, err := l.NextNumber(ctx, Key{Account: "T12345678", Report: report})
		must(t, err)
		line("next number", report, n)
	}
	return b.String()
}
