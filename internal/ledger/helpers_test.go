package ledger

import (
	"context"
	"database/sql"
	"os"
	"path/filepath"
	"testing"
	"time"
)

func testNow() time.Time { return time.Date(2026, 11, 20, 5, 0, 0, 0, time.UTC) }

func testOptions() Options { return Options{Now: testNow, Host: "here"} }

func mustOpen(t testing.TB, path string) *Ledger {
	t.Helper()
	l, err := Open(context.Background(), path, testOptions())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() }) // the test may have closed it
	return l
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func planDay(t testing.TB, l *Ledger, day int) Period {
	t.Helper()
	from := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC).AddDate(0, 0, day)
	to := from.AddDate(0, 0, 1)
	added, err := l.Plan(context.Background(), []Planned{{Key: Key{"T12345678", "daily", from, to}, Name: from.Format(time.DateOnly), Schedule: "daily", Due: to, State: Owed}})
	must(t, err)
	if len(added) != 1 {
		t.Fatalf("day %d was planned already", day)
	}
	return added[0]
}

// makeDay makes a period of one recipient and gives the delivery's id.
func makeDay(t testing.TB, l *Ledger, day int) int64 {
	t.Helper()
	ctx := context.Background()
	p := planDay(t, l, day)
	_, err := l.ClaimPeriod(ctx, p.ID)
	must(t, err)
	must(t, l.RecordMade(ctx, p.ID, MadePeriod{At: testNow(), MessageContent: make([]byte, 2000), Totals: make([]Total, 20),
		Deliveries: []NewDelivery{{Recipient: "a@x.no", MessageID: "<m>", File: "m.eml", SHA256: "sum", Size: 1}}}))
	all, err := l.Deliveries(ctx, Filter{Period: p.Name})
	must(t, err)
	return all[0].ID
}

// sendDay takes a delivery through a try that ends well.
func sendDay(t testing.TB, l *Ledger, id int64) {
	t.Helper()
	ctx := context.Background()
	_, err := l.ClaimDelivery(ctx, id)
	must(t, err)
	must(t, l.MarkSending(ctx, id, testNow()))
	must(t, l.Finish(ctx, id, Result{At: testNow(), State: Sent, Answer: "250 ok"}))
}

// written gives a closed ledger with some days in it.
func written(t testing.TB, days int) (path string) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "rapport.db")
	l := mustOpen(t, path)
	for day := range days {
		sendDay(t, l, makeDay(t, l, day))
	}
	must(t, l.Close())
	return path
}

// raw opens the file as any program would.
func raw(t testing.TB, path string) *sql.DB {
	t.Helper()
	db, err := sql.Open("sqlite", path)
	must(t, err)
	db.SetMaxOpenConns(1)
	t.Cleanup(func() { _ = db.Close() })
	return db
}

func rawExec(t testing.TB, path string, statements ...string) {
	t.Helper()
	db := raw(t, path)
	for _, s := range statements {
		_, err := db.Exec(s)
		must(t, err)
	}
	must(t, db.Close())
}

func readFile(t testing.TB, path string) []byte {
	t.Helper()
	content, err := os.ReadFile(path)
	must(t, err)
	return content
}
