// Package pipeline is the one place that knows fetch, render, mail and the ledger: it
// asks which periods are owed, turns each into rows, totals and files, and the files
// into one message for each recipient, and writes down what it is about to do before it
// does it. It refuses to send what it could not read or sum whole, to change a file or a
// message that went out, and to send anything twice without saying so.
//
// What happens to a period, each step safe to be cut off by a crash:
//
//	due → a row in the ledger: owed
//	claimed → fetch → rows, sorted, newest version only → CSV, totals, PDF and one frozen
//	  message per recipient in <period>/.outgoing.new → it becomes .outgoing
//	→ the ledger says made, with the SHA-256 of every file: from here on the bytes never change
//	→ the files move to <archive>/<report>/<period>/
//	→ each message: claimed → intent in the ledger → SMTP → verdict in the ledger → removed
//
// A Desk does that for one configuration: once (Run), or whenever it is woken (Wake).
package pipeline

import (
	"context"
	"iter"
	"log/slog"
	"net/mail"
	"path/filepath"
	"time"

	"rapport/fetch"
	"rapport/internal/ledger"
	ourmail "rapport/mail"
	"rapport/render"
	"rapport/reportconfig"
)

// Source is where payments come from. A sequence yields an error at most once, last; a
// thing may come more than once. *fetch.Client and fetch.Files are sources.
type Source interface {
	Transactions(context.Context, fetch.Query) iter.Seq2[fetch.Transaction, error]
	Orders(context.Context, fetch.Query) iter.Seq2[fetch.Order, error]
	Wallets(context.Context, fetch.Query) iter.Seq2[fetch.WalletTransaction, error]
}

// Sender hands a frozen message over. Name is a file name for it, unique and stable.
// It calls intent before anything that may deliver the message, and nothing is delivered
// when intent fails; a sender that may do the same again without harm need not call it.
// Where is what the relay said or the file it went to. Every error is a *mail.Error.
type Sender interface {
	Send(ctx context.Context, name string, f ourmail.Frozen, intent func() error) (where string, err error)
}

// A Rester is a Sender that keeps connections open for the next message. CloseIdle ends them.
type Rester interface{ CloseIdle() }

// hangUp ends what the sender keeps open.
func (r *Runner) hangUp() {
	if rester, ok := r.Sender.(Rester); ok {
		rester.CloseIdle()
	}
}

// Meter measures how long a stage takes: fetch, render or send.
type Meter interface {
	Start(stage string) (stop func())
}

// Runner is what a configuration's reports are made with.
type Runner struct {
	Account      string
	Config       string // path of the configuration, as the ledger names it
	Zone         string // IANA name of the account's zone, as printed
	Location     *time.Location
	Organization render.Organization
	Archive      string
	From         mail.Address
	ReplyTo      *mail.Address
	Envelope     string
	Operator     *mail.Address             // gets the alarms; nil: the log does
	MaxMessage   int64                     // bytes that a message may have where the relay does not say
	Templates    *ourmail.Templates        // how the mails look; nil: as ours
	Lapse        []reportconfig.LapseLimit // how long authorisations live, before what is known of them
	Program      string                    // name and version, as printed
	Source       Source
	History      History // nil: nothing was made before
	Sender       Sender  // nil: there is no mail in the configuration

	// Clock is the time that acts and deadlines go by; a run with a time of its own gives that.
	Clock  func() time.Time
	Log    *slog.Logger
	Meter  Meter                                         // nil: nothing is measured
	Render chan struct{}                                 // one place for each report that is written out at once; nil: no bound
	Ping   func(ctx context.Context, url, signal string) // tells a watch that a report started, succeeded or failed; nil: nobody
	Emit   func(Event)                                   // each file and each delivery, as it happens; called by one goroutine at a time

	// How far a run is; each may be nil.
	Expect   func(periods int)                                    // so many more will be made
	Read     func(report, period string, things int64, done bool) // things read so far
	Finished func()                                               // a period is made, or could not be

	watchman *watchman    // of closed periods; nil: there is none
	audits   *auditMemory // nil: nothing is remembered
}

// Job is a report and the period to make of it.
type Job struct {
	Report *reportconfig.Report
	Period reportconfig.Period
	ahead  int    // how many of the report are tried before it that have no number yet
	Name   string // what the period is called; "": as it calls itself. The account's zone may have been another once
}

func (j Job) name() string {
	if j.Name != "" {
		return j.Name
	}
	return j.Period.String()
}

// Event is a line of output: a file, a delivery, or a report that has neither.
type Event struct {
	Type      string `json:"type"` // file, delivery, report
	Report    string `json:"report"`
	Period    string `json:"period"`
	Recipient string `json:"recipient"`
	State     string `json:"state"`
	Path      string `json:"path"`
	Error     string `json:"error"`
}

// The states of an event that the ledger does not name.
const (
	Written       = "written" // a file, or a message in the outbox directory
	Already       = "already delivered"
	RefusedBefore = "refused before, not sent again"
	Waiting       = "waiting"           // a report that could not be made; it is tried again
	NotMailed     = "empty, not mailed" // as the configuration wants it
)

// Outcome says how a run ended, worst first in what counts. Held is how many messages
// wait for a person.
type Outcome struct {
	Failed, Waiting bool
	Held            int
}

// Add takes in how another part of the run ended.
func (o *Outcome) Add(other Outcome) {
	o.Failed = o.Failed || other.Failed
	o.Waiting = o.Waiting || other.Waiting
	o.Held += other.Held
}

func (r *Runner) event(j Job, e Event) {
	e.Report, e.Period = j.Report.ID, j.name()
	r.emit(e)
}

func (r *Runner) emit(e Event) {
	r.Log.Info(e.Type, "account", r.Account, "report", e.Report, "period", e.Period, "state", e.State, "recipient", e.Recipient, "path", e.Path, "error", e.Error)
	r.Emit(e)
}

// meter begins to measure a stage.
func (r *Runner) meter(stage string) (stop func()) {
	if r.Meter == nil {
		return func() {}
	}
	return r.Meter.Start(stage)
}

func (r *Runner) periodDir(j Job) string {
	return filepath.Join(r.Archive, j.Report.ID, j.name())
}

// key is what the ledger knows a period by.
func (r *Runner) key(j Job) ledger.Key {
	return ledger.Key{Account: r.Account, Report: j.Report.ID, From: j.Period.From, To: j.Period.To}
}
