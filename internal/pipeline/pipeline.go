// Package pipeline is the one place that knows fetch, render, mail and the archive:
// a report and a period become rows, totals and files, and the files become one
// message for each recipient. It refuses to send what it could not read or sum whole,
// to overwrite a file that went out, and to send a period twice.
//
// What happens to a period, each step safe to be cut off by a crash:
//
//	fetch → rows, sorted, newest version only → CSV, totals, PDF in <period>/.outgoing.new
//	→ one frozen message per recipient beside them → the directory becomes .outgoing:
//	  from here on the period is made, and its bytes never change
//	→ the files move to <archive>/<report>/<period>/ → each message is sent and removed
//
// A message that could not be sent stays in .outgoing for the next run.
package pipeline

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"log/slog"
	"net/mail"
	"path/filepath"
	"runtime/debug"
	"time"

	"rapport/fetch"
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
// Where is what the relay said or the file it went to. Every error is a *mail.Error.
type Sender interface {
	Send(ctx context.Context, name string, f ourmail.Frozen) (where string, err error)
}

// Runner makes reports of one account.
type Runner struct {
	Account      string
	Zone         string // IANA name of the account's zone, as printed
	Location     *time.Location
	Organization render.Organization
	Archive      string
	From         mail.Address
	ReplyTo      *mail.Address
	Envelope     string
	MaxMessage   int64 // bytes that a message may have
	Source       Source
	Sender       Sender    // nil: there is no mail in the configuration
	Now          time.Time // when the data is read; also the mail's date
	Log          *slog.Logger
	Emit         func(Event)                                        // each file and each delivery, as it happens
	Progress     func(report, period string, read int64, done bool) // things read so far; may be nil
}

// Job is a report and the period to make of it.
type Job struct {
	Report *reportconfig.Report
	Period reportconfig.Period
	// To sends the report there only; DryRun sends nothing. Both leave no trace but the
	// trial directory, and neither looks at what was sent before.
	To     *mail.Address
	DryRun bool
}

func (j Job) trial() bool { return j.To != nil || j.DryRun }

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

// The states of an event.
const (
	Written       = "written"   // a file, or a message in the outbox directory
	Sent          = "sent"      // the relay accepted the message
	Deferred      = "deferred"  // not sent; the next run tries again
	Uncertain     = "uncertain" // sent, no answer; the next run sends the same message again
	Refused       = "refused"   // the relay will not take it, ever
	RefusedBefore = "refused before, not sent again"
	Cancelled     = "cancelled" // the recipient left the configuration before it was sent
	Already       = "already delivered"
	Waiting       = "waiting" // a report that could not be made; the next run tries again
)

// Outcome says how a run ended, worst first in what counts.
type Outcome struct{ Failed, Waiting bool }

// Add takes in how another part of the run ended.
func (o *Outcome) Add(other Outcome) {
	o.Failed = o.Failed || other.Failed
	o.Waiting = o.Waiting || other.Waiting
}

// Run makes and mails a job. A fault is an event and an outcome, never the end of the
// jobs after it.
func (r *Runner) Run(ctx context.Context, j Job) (o Outcome) {
	defer func() {
		if p := recover(); p != nil {
			r.Log.Error("report panicked", "report", j.Report.ID, "period", j.Period.String(), "panic", p, "stack", string(debug.Stack()))
			r.fail(j, fmt.Errorf("internal fault: %v", p))
			o.Waiting = true
		}
	}()
	o, err := r.locked(ctx, j)
	if err != nil {
		r.fail(j, err)
		o.Waiting = true
	}
	return o
}

// locked runs a job while no other run is at the same report.
func (r *Runner) locked(ctx context.Context, j Job) (o Outcome, err error) {
	dir := filepath.Join(r.Archive, j.Report.ID)
	if err := makeDirs(dir); err != nil {
		return o, err
	}
	release, err := lock(dir)
	if err != nil {
		return o, err
	}
	defer func() { err = errors.Join(err, removeEmpty(r.periodDir(j)), release()) }()
	if j.trial() {
		return r.makeTrial(ctx, j)
	}
	return r.makePeriod(ctx, j)
}

func (r *Runner) fail(j Job, err error) {
	r.event(j, Event{Type: "report", State: Waiting, Error: fmt.Sprintf("report %s: %s: %v", j.Report.ID, j.Period, err)})
}

func (r *Runner) event(j Job, e Event) {
	e.Report, e.Period = j.Report.ID, j.Period.String()
	r.Log.Info(e.Type, "report", e.Report, "period", e.Period, "state", e.State, "recipient", e.Recipient, "path", e.Path, "error", e.Error)
	r.Emit(e)
}

func (r *Runner) periodDir(j Job) string {
	return filepath.Join(r.Archive, j.Report.ID, j.Period.String())
}
