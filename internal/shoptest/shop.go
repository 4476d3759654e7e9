// Package shoptest has a configuration at work for tests: a real ledger, a real archive and a
// stand-in for the relay, which each run opens anew as a process does. Nothing outside of
// tests imports it.
package shoptest

import (
	"cmp"
	"context"
	"io"
	"log/slog"
	"net/mail"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"rapport/internal/archive"
	"rapport/internal/builder"
	"rapport/internal/engine"
	"rapport/internal/ledger"
	"rapport/internal/ledger/sqlite"
	"rapport/internal/message"
	"rapport/internal/paymenttest"
	"rapport/internal/report"
	ourmail "rapport/mail"
	"rapport/reportconfig"
)

// A Shop is one configuration at work in a test: a real ledger and a real archive, which
// each run opens anew as a process does.
type Shop struct {
	T              testing.TB
	Clock          *paymenttest.Clock
	Source         builder.Source
	Box            *Relay
	Sender         message.Sender // nil: box
	Reports        []*reportconfig.Report
	Archive, state string
	Objects        archive.Objects // the store that holds the archive; nil: the directory does
	Config         string          // path of the file
	Operator       *mail.Address
	Max            int64
	Lapse          []reportconfig.LapseLimit
	Catchup        time.Duration
	Retention      time.Duration
	Events         []builder.Event
	AlarmURL       string
	OthersRest     func() bool                // whether the other engines of the process rest; nil: there are none
	Zone           *time.Location             // nil: Europe/Oslo
	Patience       time.Duration              // with a ledger that another process writes; zero: as the program has
	HasReport      func(path, id string) bool // what the files of configurations have; nil: nobody knows
	// MoreReports gives the reports that were made over HTTP; nil: there are none.
	MoreReports func(ctx context.Context, known string) ([]reportconfig.Report, string, error)
	Called      func(url, what string) error // takes the signal of a ping, or what is posted
	Log         io.Writer                    // nil: the output of the test
}

func New(t testing.TB, src builder.Source, reports ...*reportconfig.Report) *Shop {
	t.Helper()
	dir := t.TempDir()
	return &Shop{
		T: t, Clock: &paymenttest.Clock{Time: paymenttest.At(t, "2026-11-20T06:00:00+01:00")}, Source: src, Box: &Relay{}, Reports: reports,
		Archive: filepath.Join(dir, "archive"), state: filepath.Join(dir, "rapport.db"), Max: 10_000_000,
		Catchup: 35 * 24 * time.Hour, Retention: 400 * 24 * time.Hour,
	}
}

// Days sets the clock to 06:00 so many days later.
func (s *Shop) Days(n int) { s.Clock.Time = s.Clock.AddDate(0, 0, n) }

// State is the path of the ledger.
func (s *Shop) State() string { return s.state }

func (s *Shop) Open() *ledger.Ledger {
	s.T.Helper()
	if err := putEmptyLedger(s.state); err != nil {
		s.T.Fatal(err)
	}
	database := sqlite.New(s.state)
	if s.Patience > 0 {
		database.Patience = s.Patience
	}
	book, err := ledger.Open(context.Background(), database, ledger.Options{Now: s.Clock.Now, Host: "test"})
	if err != nil {
		s.T.Fatal(err)
	}
	return book
}

// Engine is the one that works for the shop; with wake it is a daemon's.
func (s *Shop) Engine(book *ledger.Ledger, wake func()) *engine.Engine {
	to := s.Log
	if to == nil {
		to = s.T.Output()
	}
	log := slog.New(slog.NewTextHandler(to, nil))
	maker := NewBuilder(s.T, s.Source, s.Lapse, log)
	maker.Archive = archive.Archive{Dir: s.Archive, Objects: s.Objects}
	composer := NewComposer(s.T)
	if s.Zone != nil {
		maker.Account.Location, maker.Account.Zone = s.Zone, s.Zone.String()
		composer.Account = maker.Account
	}
	a := engine.Config{
		Account: maker.Account, Path: cmp.Or(s.Config, "shop.yaml"), Archive: archive.Archive{Dir: s.Archive, Objects: s.Objects}, MaxMessage: s.Max,
		Catchup: s.Catchup, Retention: s.Retention, RealClock: true, Senders: 2, RequestWake: wake, OthersRest: s.OthersRest,
		Builder: maker, Composer: composer, Sender: s.Sender, Ledger: book, Clock: s.Clock.Now, Log: log,
		HasReport: s.HasReport, MoreReports: s.MoreReports,
		Emit: func(e builder.Event) { s.Events = append(s.Events, e) },
	}
	if s.Sender == nil {
		a.Sender = s.Box
	}
	a.Operator = reportconfig.Operator{Address: s.Operator, Language: s.Reports[0].Language, AlarmURL: s.AlarmURL}
	if s.Called != nil {
		a.Hooks = s
	}
	for _, rep := range s.Reports {
		a.Reports = append(a.Reports, *rep)
	}
	if wake != nil {
		a.Mode = engine.Daemon
	}
	return engine.New(a)
}

// Ping has a monitor called.
func (s *Shop) Ping(_ context.Context, url, signal string) error { return s.Called(url, signal) }

// Post has something posted.
func (s *Shop) Post(_ context.Context, url string, body []byte) error {
	return s.Called(url, string(body))
}

// Run is rapport run; with periods, of the first report, it is rapport run --period.
func (s *Shop) Run(periods ...string) builder.Outcome {
	s.T.Helper()
	book := s.Open()
	defer book.Close()
	s.Events = nil
	d := s.Engine(book, nil)
	var selection engine.Selection
	for _, name := range periods {
		selection.Jobs = append(selection.Jobs, report.Job{Report: &d.Reports[0], Period: paymenttest.Period(s.T, name)})
	}
	o, err := d.Run(context.Background(), selection)
	if err != nil {
		s.T.Error(err)
	}
	return o
}

// Sent lists what the relay took since the last call: "2026-11-19 a@x.no".
func (s *Shop) Sent() string {
	s.Box.Mu.Lock()
	defer s.Box.Mu.Unlock()
	var out []string
	for _, f := range s.Box.Got {
		out = append(out, periodOf(s.T, f)+" "+f.To)
	}
	s.Box.Got = nil
	return strings.Join(out, ", ")
}

// periodOf reads the period off the name of a message's attachment.
func periodOf(t testing.TB, f ourmail.Frozen) string {
	t.Helper()
	_, rest, found := strings.Cut(string(f.Bytes()), "transactions_")
	period, _, ended := strings.Cut(rest, ".")
	if !found || !ended {
		t.Fatalf("no attachment in %s", f.Bytes())
	}
	return period
}

// Said lists the events of the last run: "delivery sent a@x.no".
func (s *Shop) Said() string {
	var out []string
	for _, e := range s.Events {
		if e.Type != "file" {
			out = append(out, strings.TrimSpace(e.Type+" "+e.State+" "+e.Recipient))
		}
	}
	return strings.Join(out, ", ")
}
