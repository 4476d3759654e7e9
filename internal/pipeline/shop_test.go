package pipeline

import (
	"context"
	"iter"
	"log/slog"
	"net/mail"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"rapport/fetch"
	"rapport/internal/ledger"
	"rapport/internal/ledger/sqlite"
	ourmail "rapport/mail"
	"rapport/reportconfig"
)

// A shop is one configuration at work in a test: a real ledger and a real archive, which
// each run opens anew as a process does.
type shop struct {
	t              *testing.T
	clock          *clock
	source         Source
	box            *outbox
	sender         Sender // nil: box
	reports        []*reportconfig.Report
	archive, state string
	operator       *mail.Address
	max            int64
	lapse          []reportconfig.LapseLimit
	catchup        time.Duration
	retention      time.Duration
	events         []Event
	ping           func(url, signal string)
}

func newShop(t *testing.T, src Source, reports ...*reportconfig.Report) *shop {
	t.Helper()
	dir := t.TempDir()
	return &shop{
		t: t, clock: &clock{at(t, "2026-11-20T06:00:00+01:00")}, source: src, box: &outbox{}, reports: reports,
		archive: filepath.Join(dir, "archive"), state: filepath.Join(dir, "rapport.db"), max: 10_000_000,
		catchup: 35 * 24 * time.Hour, retention: 400 * 24 * time.Hour,
	}
}

// days sets the clock to 06:00 so many days later.
func (s *shop) days(n int) { s.clock.Time = s.clock.AddDate(0, 0, n) }

func (s *shop) open() *ledger.Ledger {
	s.t.Helper()
	book, err := ledger.Open(context.Background(), sqlite.New(s.state), ledger.Options{Now: s.clock.now, Host: "test"})
	if err != nil {
		s.t.Fatal(err)
	}
	return book
}

func (s *shop) desk(book *ledger.Ledger, poke func()) *Desk {
	r, _ := newRunner(s.t, s.source)
	r.Archive, r.Clock, r.MaxMessage, r.Operator, r.Sender, r.Lapse = s.archive, s.clock.now, s.max, s.operator, s.sender, s.lapse
	if s.sender == nil {
		r.Sender = s.box
	}
	r.Emit = func(e Event) { s.events = append(s.events, e) }
	r.Log = slog.New(slog.NewTextHandler(s.t.Output(), nil))
	if s.ping != nil {
		r.Ping = func(_ context.Context, url, signal string) { s.ping(url, signal) }
	}
	var reports []reportconfig.Report
	for _, rep := range s.reports {
		reports = append(reports, *rep)
	}
	return NewDesk(Assignment{Runner: r, Ledger: book, Reports: reports, Catchup: s.catchup, Retention: s.retention, Prune: true, Senders: 2, Poke: poke})
}

// run is rapport run; with periods, of the first report, it is rapport run --period.
func (s *shop) run(periods ...string) Outcome {
	s.t.Helper()
	book := s.open()
	defer book.Close()
	s.events = nil
	d := s.desk(book, nil)
	var selection Selection
	for _, name := range periods {
		selection.Jobs = append(selection.Jobs, Job{Report: &d.Reports[0], Period: parsePeriod(s.t, name)})
	}
	o, err := d.Run(context.Background(), selection)
	if err != nil {
		s.t.Error(err)
	}
	return o
}

// sent lists what the relay took since the last call: "2026-11-19 a@x.no".
func (s *shop) sent() string {
	s.box.mu.Lock()
	defer s.box.mu.Unlock()
	var out []string
	for _, f := range s.box.got {
		out = append(out, periodOf(s.t, f)+" "+f.To)
	}
	s.box.got = nil
	return strings.Join(out, ", ")
}

// periodOf reads the period off the name of a message's attachment.
func periodOf(t *testing.T, f ourmail.Frozen) string {
	t.Helper()
	_, rest, found := strings.Cut(string(f.Bytes), "transactions_")
	period, _, ended := strings.Cut(rest, ".")
	if !found || !ended {
		t.Fatalf("no attachment in %s", f.Bytes)
	}
	return period
}

// said lists the events of the last run: "delivery sent a@x.no".
func (s *shop) said() string {
	var out []string
	for _, e := range s.events {
		if e.Type != "file" {
			out = append(out, strings.TrimSpace(e.Type+" "+e.State+" "+e.Recipient))
		}
	}
	return strings.Join(out, ", ")
}

// deliveries is what the ledger says: "a@x.no sent".
func (s *shop) deliveries() string {
	book := s.open()
	defer book.Close()
	rows, err := book.Deliveries(context.Background(), ledger.Filter{})
	if err != nil {
		s.t.Fatal(err)
	}
	var out []string
	for _, row := range rows {
		out = append(out, row.Period+" "+row.Recipient+" "+string(row.State))
	}
	return strings.Join(out, ", ")
}

// delivery is the one that the ledger has to a recipient.
func (s *shop) delivery(recipient string) ledger.Delivery {
	s.t.Helper()
	book := s.open()
	defer book.Close()
	rows, err := book.Deliveries(context.Background(), ledger.Filter{Recipient: recipient})
	if err != nil || len(rows) != 1 {
		s.t.Fatalf("deliveries to %s: %d, %v", recipient, len(rows), err)
	}
	return rows[0]
}

// mailed is a daily report of transactions to some people.
func mailed(to ...string) *reportconfig.Report {
	rep := report(reportconfig.Transactions{}, "no")
	for _, address := range to {
		rep.Emails = append(rep.Emails, mail.Address{Address: address})
	}
	return rep
}

// stuck is a source that says nothing until it is given up.
type stuck struct {
	things
	began chan struct{}
}

func (s stuck) Transactions(ctx context.Context, _ fetch.Query) iter.Seq2[fetch.Transaction, error] {
	return func(yield func(fetch.Transaction, error) bool) {
		close(s.began)
		<-ctx.Done()
		yield(fetch.Transaction{}, ctx.Err())
	}
}

// deliveryOf is the one of a period.
func (s *shop) deliveryOf(period string) ledger.Delivery {
	s.t.Helper()
	book := s.open()
	defer book.Close()
	rows, err := book.Deliveries(context.Background(), ledger.Filter{Period: period})
	if err != nil || len(rows) != 1 {
		s.t.Fatalf("deliveries of %s: %d, %v", period, len(rows), err)
	}
	return rows[0]
}
