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

	"rapport/fetch"
	"rapport/internal/ledger"
	ourmail "rapport/mail"
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

// A Rester is a Sender that keeps connections open for the next message. Rest ends them.
type Rester interface{ Rest() }

// closeIdle ends what a sender keeps open.
func closeIdle(s Sender) {
	if rester, ok := s.(Rester); ok {
		rester.Rest()
	}
}

// Meter measures how long a stage takes: fetch, render or send.
type Meter interface {
	Start(stage string) (stop func())
}

// A Builder makes the files of reports: source → rows → totals → CSV and PDF.
type Builder struct {
	Account    Account
	Lapse      []reportconfig.LapseLimit // how long authorisations live, before what is known of them
	Program    string                    // name and version, as printed
	Source     Source
	History    History      // nil: nothing was made before
	LateEvents *watchman    // nil: nobody looks at closed periods
	Memory     *auditMemory // of earlier comparisons; nil: nothing is remembered

	Log    *slog.Logger
	Meter  Meter                                                // nil: nothing is measured
	Render chan struct{}                                        // one place for each report that is written out at once; nil: no bound
	Read   func(report, period string, things int64, done bool) // things read so far; nil: nobody asks
}

// A Composer makes the messages of reports.
type Composer struct {
	Account   Account
	From      mail.Address
	ReplyTo   *mail.Address
	Envelope  string
	Templates *ourmail.Templates // how the mails look; nil: as ours
	Log       *slog.Logger
}

// Job is a report and the period to make of it.
type Job struct {
	Report *reportconfig.Report
	Period reportconfig.Period
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

// of is an event of a report's period.
func (e Event) of(j Job) Event {
	e.Report, e.Period = j.Report.ID, j.name()
	return e
}

// log writes an event to the log.
func (e Event) log(to *slog.Logger, account string) {
	to.Info(e.Type, "account", account, "report", e.Report, "period", e.Period, "state", e.State, "recipient", e.Recipient, "path", e.Path, "error", e.Error)
}

// measure begins to measure a stage.
func (r *Builder) measure(stage string) (stop func()) {
	if r.Meter == nil {
		return func() {}
	}
	return r.Meter.Start(stage)
}

// periodDir is where the archive has the files of a report's period.
func periodDir(archive, report, period string) string {
	return filepath.Join(archive, report, period)
}

// keyOf is what the ledger knows a period by.
func keyOf(account string, j Job) ledger.Key {
	return ledger.Key{Account: account, Report: j.Report.ID, From: j.Period.From, To: j.Period.To}
}
