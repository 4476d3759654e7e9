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
	ourmail "rapport/mail"
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

// newRunner is a runner of the tests' morning after: 06:00 on 20 November 2026.
func newRunner(t *testing.T, src Source) (*Runner, *[]Event) {
	t.Helper()
	var events []Event
	return &Runner{
		Account: "T12345678", Zone: "Europe/Oslo", Location: oslo(t),
		Organization: render.Organization{Name: "Fjordfisk AS", Number: "940155223"},
		Archive:      t.TempDir(), From: mail.Address{Name: "Rapport", Address: "rapport@fjordfisk.no"}, Envelope: "bounce@fjordfisk.no",
		MaxMessage: 10_000_000, Source: src, Now: at(t, "2026-11-20T06:00:00+01:00"),
		Log: slog.New(slog.DiscardHandler), Emit: func(e Event) { events = append(events, e) },
	}, &events
}

func report(data reportconfig.Data, language reportconfig.Language) *reportconfig.Report {
	return &reportconfig.Report{
		ID: "test", Data: data, Schedule: reportconfig.Daily, Language: language,
		ContentTypes: []reportconfig.ContentType{reportconfig.CSV}, At: reportconfig.TimeOfDay{Hour: 6},
	}
}

// csvOf makes a report of a period and reads its CSV.
func csvOf(t *testing.T, src Source, rep *reportconfig.Report, period string) string {
	t.Helper()
	r, _ := newRunner(t, src)
	b, err := r.build(t.Context(), Job{Report: rep, Period: parsePeriod(t, period)}, r.Archive)
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

func TestAFaultLeavesNothing(t *testing.T) {
	r, events := newRunner(t, things{transactions: []fetch.Transaction{captured(t, "a", 100)}, err: context.DeadlineExceeded})
	o := r.Run(t.Context(), Job{Report: report(reportconfig.Transactions{}, "no"), Period: parsePeriod(t, "2026-11-19")})
	if !o.Waiting || len(*events) != 1 || (*events)[0].State != Waiting || !strings.Contains((*events)[0].Error, "report test: 2026-11-19: ") {
		t.Errorf("the report waits and says why: %+v %+v", o, *events)
	}
	if left, _ := os.ReadDir(r.Archive); len(left) > 0 {
		t.Errorf("%d entries are left in the archive", len(left))
	}
}

// outbox is a sender that keeps what it is given, and fails as told.
type outbox struct {
	got  []ourmail.Frozen
	fail map[string]error // by recipient
}

func (o *outbox) Send(_ context.Context, _ string, f ourmail.Frozen) (string, error) {
	if err := o.fail[f.To]; err != nil {
		return "", err
	}
	o.got = append(o.got, f)
	return "250 ok", nil
}

func TestWhatCouldNotBeSentIsSentLaterTheSameToTheByte(t *testing.T) {
	r, events := newRunner(t, things{transactions: []fetch.Transaction{captured(t, "a", 12345)}})
	box := &outbox{fail: map[string]error{
		"later@x.no": &ourmail.Error{Verdict: ourmail.NotSent, Step: "recipient", Code: 451, Err: context.DeadlineExceeded},
		"never@x.no": &ourmail.Error{Verdict: ourmail.Refused, Step: "recipient", Code: 550, Err: context.DeadlineExceeded},
	}}
	r.Sender = box
	rep := report(reportconfig.Transactions{}, "no")
	rep.Emails = []mail.Address{{Address: "now@x.no"}, {Address: "later@x.no"}, {Address: "never@x.no"}}
	job := Job{Report: rep, Period: parsePeriod(t, "2026-11-19")}
	if o := r.Run(t.Context(), job); !o.Waiting || !o.Failed || len(box.got) != 1 {
		t.Fatalf("one is sent, one waits, one failed for good: %+v, %d sent", o, len(box.got))
	}
	spool := filepath.Join(r.periodDir(job), outgoing, "*"+spoolSuffix)
	waiting, err := filepath.Glob(spool)
	if err != nil || len(waiting) != 1 {
		t.Fatalf("waiting: %v, %v", waiting, err)
	}
	frozen, err := readSpool(waiting[0])
	if err != nil {
		t.Fatal(err)
	}

	box.fail, r.Now = nil, r.Now.AddDate(0, 0, 1)
	r.Source = things{err: context.DeadlineExceeded} // what is made is not fetched again
	if unsent, err := Unsent(r.Archive, "test", r.Location); err != nil || len(unsent) != 1 || unsent[0].String() != "2026-11-19" {
		t.Fatalf("unsent: %v, %v", unsent, err)
	}
	if o := r.Run(t.Context(), job); o != (Outcome{}) || len(box.got) != 2 {
		t.Fatalf("the second run sends the one that waited: %+v, %d sent", o, len(box.got))
	}
	if diff := cmp.Diff(frozen.Frozen, box.got[1]); diff != "" {
		t.Error(diff)
	}

	*events = nil
	if o := r.Run(t.Context(), job); o != (Outcome{}) || len(box.got) != 2 || len(*events) != 2 || (*events)[0].State != Already || (*events)[1].State != RefusedBefore {
		t.Errorf("a third run sends nothing and says so: %+v %+v", o, *events)
	}
}

func TestARecipientWhoLeftIsCancelledVisibly(t *testing.T) {
	r, events := newRunner(t, things{})
	box := &outbox{fail: map[string]error{"left@x.no": &ourmail.Error{Verdict: ourmail.NotSent, Step: "connect", Err: context.DeadlineExceeded}}}
	r.Sender = box
	rep := report(reportconfig.Transactions{}, "no")
	rep.Emails = []mail.Address{{Address: "left@x.no"}}
	job := Job{Report: rep, Period: parsePeriod(t, "2026-11-19")}
	r.Run(t.Context(), job)
	rep.Emails, box.fail, *events = []mail.Address{{Address: "stays@x.no"}}, nil, nil
	if o := r.Run(t.Context(), job); o != (Outcome{}) || len(box.got) != 0 {
		t.Errorf("nothing is sent: %+v, %d", o, len(box.got))
	}
	if last := (*events)[len(*events)-1]; last.State != Cancelled || last.Recipient != "left@x.no" {
		t.Errorf("the last event is %+v", last)
	}
}

func TestATrialLeavesNoMark(t *testing.T) {
	r, _ := newRunner(t, things{transactions: []fetch.Transaction{captured(t, "a", 12345)}})
	box := &outbox{}
	r.Sender = box
	rep := report(reportconfig.Transactions{}, "no")
	rep.Emails = []mail.Address{{Address: "now@x.no"}}
	job := Job{Report: rep, Period: parsePeriod(t, "2026-11-19"), To: &mail.Address{Address: "me@x.no"}}
	for range 2 {
		if o := r.Run(t.Context(), job); o != (Outcome{}) {
			t.Fatal(o)
		}
	}
	if len(box.got) != 2 || box.got[0].To != "me@x.no" || box.got[0].ID != box.got[1].ID {
		t.Errorf("each trial goes to the address given: %+v", box.got)
	}
	dry := Job{Report: rep, Period: job.Period, DryRun: true}
	r.Run(t.Context(), dry)
	if made, _ := filepath.Glob(filepath.Join(r.periodDir(job), "trial", "*")); len(made) != 3 || len(box.got) != 2 {
		t.Errorf("a dry run leaves the CSV, an .eml and an .html, and sends nothing: %v", made)
	}
	trial := box.got[0].ID
	if o := r.Run(t.Context(), Job{Report: rep, Period: job.Period}); o != (Outcome{}) || len(box.got) != 3 || box.got[2].ID == trial {
		t.Errorf("the delivery goes out after the trials, as a message of its own: %+v", o)
	}
}
