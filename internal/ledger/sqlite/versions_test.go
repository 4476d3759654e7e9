package sqlite

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"rapport/internal/ledger"
	"rapport/internal/ledger/corrected"
	"rapport/internal/ledger/ledgertest"
)

// released are the migrations that a version had that somebody may have run. They never
// change: what they made is out there. What is to change comes in a new one.
func released() map[string]string {
	return map[string]string{
		"0001_first.sql": "d981b061d06dd881d8afd90fefa12db58bfd22c249da4bce4cd421eb0ec99503", // 7f45ed1
	}
}

func TestAMigrationThatWasReleasedNeverChanges(t *testing.T) {
	t.Parallel()
	for name, want := range released() {
		text, err := fs.ReadFile(migrations, "migrations/"+name)
		must(t, err)
		if sum := sha256.Sum256(text); hex.EncodeToString(sum[:]) != want {
			t.Errorf("%s was changed; write a new one", name)
		}
	}
}

// TestALedgerOfEveryVersionOpens and answers as it did. Testdata has a file of each version,
// made by that version: KEEP_LEDGER=v1.2 go test -run OfEveryVersion writes one of today's.
func TestALedgerOfEveryVersionOpens(t *testing.T) {
	t.Parallel()
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
			doAll(t, l)
			next := ledger.Planned{Key: ledger.Key{Account: ledgertest.Account, Report: "daily", From: ledgertest.Now(), To: ledgertest.Now().Add(time.Hour)}, Config: "/etc/rapport/shop.yaml", State: ledger.Owed}
			if added, err := l.Plan(context.Background(), []ledger.Planned{next}); err != nil || len(added) != 1 {
				t.Errorf("planned %d, %v", len(added), err)
			}
		})
	}
}

// doAll makes and sends what is owed, as the queue hands it out.
func doAll(t *testing.T, l *ledger.Ledger) {
	t.Helper()
	ctx := context.Background()
	ready := ledger.Ready{Account: ledgertest.Account, Config: "/etc/rapport/shop.yaml", Now: ledgertest.Now().AddDate(0, 0, 1)}
	made := 0
	for batch := []ledger.Period{{}}; len(batch) > 0; {
		var err error
		batch, err = l.ClaimNextPeriods(ctx, ready, 16, func(p ledger.Period) any { return p.ID })
		must(t, err)
		for _, p := range batch {
			must(t, l.RecordMade(ctx, p.Claim, ledger.MadePeriod{At: ready.Now}))
			made++
		}
	}
	sent := 0
	for {
		d, found, err := l.ClaimNextDelivery(ctx, ready, false)
		must(t, err)
		if !found {
			break
		}
		must(t, l.Finish(ctx, d.Claim, ledger.Result{At: ready.Now, State: ledger.Sent}))
		sent++
	}
	if made != 3 || sent != 6 {
		t.Errorf("%d periods were made and %d messages sent", made, sent)
	}
	for _, d := range mustList(t, l) {
		if d.FinishedAt.IsZero() && d.State != ledger.Held {
			t.Errorf("not handed out: %+v", d)
		}
	}
	sweep, err := l.PeriodsToSweep(ctx, ledgertest.Account, ready.Config)
	must(t, err)
	if len(sweep) != 4 {
		t.Errorf("%d periods are to be swept", len(sweep))
	}
}

func mustList(t *testing.T, l *ledger.Ledger) []ledger.Delivery {
	t.Helper()
	all, err := l.Deliveries(context.Background(), ledger.Filter{})
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
	must(t, os.WriteFile(path+"-witness", []byte("0\n"), 0o600)) // else it is one that was put back from a backup
}

// fillLedger writes a row of every table and every state. The same calls made the files under
// testdata, each with the code of its version, so that all of them answer alike.
func fillLedger(t *testing.T, path string) {
	t.Helper()
	ctx := context.Background()
	l := mustOpen(t, path)
	at := ledgertest.Now()
	day := func(report string, n int) ledger.Planned {
		from := time.Date(2026, 11, 10, 23, 0, 0, 0, time.UTC).AddDate(0, 0, n)
		return ledger.Planned{Key: ledger.Key{Account: ledgertest.Account, Report: report, From: from, To: from.AddDate(0, 0, 1)}, Name: from.AddDate(0, 0, 1).Format(time.DateOnly), Schedule: "daily",
			Config: "/etc/rapport/shop.yaml", Due: from.Add(30 * time.Hour), State: ledger.Owed}
	}
	plan := func(p ledger.Planned) int64 {
		added, err := l.Plan(ctx, []ledger.Planned{p})
		must(t, err)
		return added[0].ID
	}
	states := []ledger.DeliveryState{ledger.Queued, ledger.Deferred, ledger.Uncertain, ledger.Held, ledger.Sent, ledger.Refused, ledger.Expired, ledger.CancelledDelivery, ledger.Closed, "resent", "claimed", "sending"}
	made := ledger.MadePeriod{
		At: at, FilterHash: "0badcafe", MessageContent: []byte{0, 255, 10}, Fingerprints: []byte{1, 2, 255},
		Artifacts: []ledger.Artifact{
			{Path: "daily/2026-11-11/daily_2026-11-11.pdf", ContentType: "application/pdf", SHA256: "aa", Size: 20480, Rows: 7},
			{Path: "daily/2026-11-11/daily_2026-11-11.csv", ContentType: "text/csv", SHA256: "bb", Size: 700, Rows: 7},
		},
		Totals: []ledger.Total{
			{Dimension: "currency", Name: "NOK", Currency: "NOK", Measure: "captured", Count: 5, Sum: 68300},
			{Dimension: "store", Name: "sc029", Label: "Ålesund", Currency: "NOK", Measure: "refunded", Count: 2, Sum: -1500},
		},
	}
	for _, s := range states {
		made.Deliveries = append(made.Deliveries, ledger.NewDelivery{
			Recipient: string(s) + "@x.no", MessageID: "<" + string(s) + "@fjordfisk.no>",
			File: "daily/2026-11-11/.outgoing/" + string(s) + ".message", SHA256: "sum of " + string(s), Size: 1234,
		})
	}
	id := plan(day("daily", 0))
	p, err := l.ClaimPeriod(ctx, id)
	must(t, err)
	must(t, l.RecordMade(ctx, p.Claim, made))
	all, err := l.Unsent(ctx, ledgertest.Account)
	must(t, err)
	end := func(id int64, s ledger.Result) {
		d, err := l.ClaimDelivery(ctx, id)
		must(t, err)
		at = at.Add(time.Second)
		must(t, l.MarkSending(ctx, d.Claim, at))
		s.At = at
		must(t, l.Finish(ctx, d.Claim, s))
	}
	for i, s := range states[1:10] {
		id := all[i+1].ID
		switch s {
		case ledger.Closed:
			_, err := l.CloseDelivery(ctx, id, at)
			must(t, err)
		case "resent":
			end(id, ledger.Result{State: ledger.Uncertain, Answer: "no answer"})
			end(id, ledger.Result{State: ledger.Sent, Answer: "250 ok"})
			_, err := l.Resend(ctx, id, at)
			must(t, err)
		default:
			end(id, ledger.Result{State: s, NextTry: at.Add(time.Hour), Answer: "450 «later»"})
		}
	}
	for n, s := range []ledger.PeriodState{ledger.Owed, ledger.Failed, ledger.Cancelled} {
		id := plan(day("daily", n+1))
		p, err := l.ClaimPeriod(ctx, id)
		must(t, err)
		must(t, l.PostponePeriod(ctx, p.Claim, ledger.Postponed{NextTry: at.Add(2 * time.Hour), State: s, Error: "page 3: 500"}))
	}
	skipped, archived := day("daily", 4), day("old", 0)
	skipped.State, skipped.Note = ledger.Skipped, "too old"
	archived.State, archived.Number, archived.Note = ledger.Archived, 41, "in the archive"
	plan(skipped)
	plan(archived)
	plan(day("old", 1))
	purged := plan(day("purged", 0))
	p, err = l.ClaimPeriod(ctx, purged)
	must(t, err)
	must(t, l.RecordMade(ctx, p.Claim, ledger.MadePeriod{At: at}))
	must(t, l.PurgeDetails(ctx, purged))
	foreign := day("daily", 0)
	foreign.Account = "P87654321"
	plan(foreign)
	raise := func(subject string) {
		must(t, l.Raise(ctx, ledger.Alarm{Account: ledgertest.Account, Kind: "late", Subject: subject, Text: "daily is late", Raised: at}))
	}
	raise("told")
	raise("well")
	_, claim, err := l.ClaimAlarms(ctx, ledgertest.Account, "", ledgertest.Now(), 10)
	must(t, err)
	must(t, l.AlarmsNotified(ctx, claim, at))
	must(t, l.Resolve(ctx, ledgertest.Account, "late", "well", at.Add(time.Minute)))
	raise("untold")
	_, err = l.ClaimArchiveDir(ctx, "/srv/archive/daily", ledgertest.Account)
	must(t, err)
	dying := mustOpen(t, path) // and dies at work
	making := plan(day("dying", 0))
	_, err = dying.ClaimPeriod(ctx, making)
	must(t, err)
	_, err = dying.ClaimDelivery(ctx, all[10].ID)
	must(t, err)
	sending, err := dying.ClaimDelivery(ctx, all[11].ID)
	must(t, err)
	must(t, dying.MarkSending(ctx, sending.Claim, at))
	must(t, dying.Close())
	must(t, l.Close())
}

// answers is everything that a ledger says of what fillLedger wrote.
func answers(t *testing.T, l *ledger.Ledger) string {
	t.Helper()
	ctx := context.Background()
	var b strings.Builder
	none := strings.NewReplacer("0001-01-01 00:00:00 +0000 UTC", "never", " +0000 UTC", "Z")
	line := func(values ...any) { b.WriteString(none.Replace(fmt.Sprintln(values...))) }
	periods, err := l.Periods(ctx, ledger.Filter{})
	must(t, err)
	for _, p := range periods {
		line("period", p.ID, p.Account, p.Report, p.From, p.To, p.Name, p.Schedule, p.Config, p.Due, p.State, "attempts", p.Attempts, "crashes", p.Crashes, "next", p.NextTry, p.Error, "made", p.MadeAt, "number", p.Number, p.FilterHash, "claimed", p.Claimed)
		artifacts, err := l.Artifacts(ctx, p.ID)
		must(t, err)
		totals, err := l.Totals(ctx, p.ID)
		must(t, err)
		content, err := l.MessageContent(ctx, p.ID)
		must(t, err)
		fingerprints, err := corrected.Of(l).Fingerprints(ctx, p.ID)
		must(t, err)
		line("  ", artifacts, totals, content, fingerprints)
	}
	deliveries, err := l.Deliveries(ctx, ledger.Filter{})
	must(t, err)
	for _, d := range deliveries {
		// What was deferred did not arrive; older versions left the mark that it was begun.
		begun := d.Begun && (d.State != ledger.Deferred || d.Uncertain > 0)
		line("delivery", d.ID, d.PeriodID, d.Account, d.Report, d.Period, d.Config, d.Due, d.Recipient, "revision", d.Revision, d.State, "attempts", d.Attempts, "uncertain", d.Uncertain, "queued", d.QueuedAt,
			"first", d.FirstTry, "last", d.LastTry, "next", d.NextTry, "finished", d.FinishedAt, d.MessageID, d.File, d.SHA256, d.Size, d.Answer, "claimed", d.Claimed, "begun", begun)
		attempts, err := l.Attempts(ctx, d.ID)
		must(t, err)
		line("  ", attempts)
	}
	open, err := l.OpenAlarms(ctx, ledgertest.Account)
	must(t, err)
	pending, claim, err := l.ClaimAlarms(ctx, ledgertest.Account, "", ledgertest.Now(), 10)
	must(t, err)
	must(t, l.ReturnAlarms(ctx, claim))
	for i, alarms := range [][]ledger.Alarm{open, pending} {
		slices.SortFunc(alarms, func(x, y ledger.Alarm) int { return strings.Compare(x.Subject, y.Subject) })
		for _, a := range alarms {
			line([]string{"open", "pending"}[i], "alarm", a.Account, a.Kind, a.Subject, a.Text, a.Raised, a.Notified, a.Resolved)
		}
	}
	stats, err := l.Stats(ctx, ledgertest.Account)
	must(t, err)
	line("stats", stats)
	through, err := l.PlannedThrough(ctx, ledgertest.Account)
	must(t, err)
	line("planned through", through)
	dirs, err := l.ArchiveDirs(ctx)
	must(t, err)
	line("archive directories", dirs)
	for _, report := range []string{"daily", "old", "new"} {
		n, err := l.NextNumber(ctx, ledger.Key{Account: ledgertest.Account, Report: report})
		must(t, err)
		line("next number", report, n)
	}
	return b.String()
}
