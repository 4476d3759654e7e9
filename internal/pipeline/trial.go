package pipeline

import (
	"context"
	"errors"
	"fmt"
	"net/mail"
	"os"
	"path/filepath"

	"rapport/internal/ledger"
	ourmail "rapport/mail"
)

const trialDir = "trial"

// A Trial makes a period to look at, leaves no mark in the ledger, and does not look at
// what was sent before. It sends to To only; without To it sends nothing.
type Trial struct {
	Job
	To *mail.Address
}

// TryAll tries jobs in the order in which a run would make them, so that each has the
// number that it would have then. Done is called after each.
func (r *Runner) TryAll(ctx context.Context, jobs []Job, to *mail.Address, done func()) (o Outcome) {
	ahead := map[string]int{}
	for _, j := range jobs {
		if ctx.Err() != nil {
			o.Waiting = true
			return o
		}
		if r.History != nil {
			p, found, err := r.History.Period(ctx, r.key(j))
			if err == nil && (!found || p.Number == 0) { // an error is met again, and told, when it is tried
				j.ahead = ahead[j.Report.ID]
				ahead[j.Report.ID]++
			}
		}
		o.Add(r.Try(ctx, Trial{Job: j, To: to}))
		done()
	}
	return o
}

// Try makes files under trial/, where the last trial gives way, and one message to
// To, or without To one beside the files for each recipient.
func (r *Runner) Try(ctx context.Context, t Trial) Outcome {
	dir := filepath.Join(r.periodDir(t.Job), trialDir)
	sent, err := r.try(ctx, t, dir)
	err = errors.Join(err, removeEmpty(filepath.Dir(dir), filepath.Dir(filepath.Dir(dir))))
	if err != nil {
		r.event(t.Job, Event{Type: "report", State: Waiting, Error: fmt.Sprintf("report %s: %s: %v", t.Report.ID, t.Period, err)})
		return Outcome{Waiting: true}
	}
	return sent
}

func (r *Runner) try(ctx context.Context, t Trial, dir string) (o Outcome, err error) {
	if err := makeDirs(filepath.Dir(dir)); err != nil {
		return o, err
	}
	release, err := lock(filepath.Dir(dir))
	if err != nil {
		return o, err
	}
	defer func() { err = errors.Join(err, release()) }()
	work := dir + ".new"
	if err := errors.Join(os.RemoveAll(work), os.Mkdir(work, 0o700)); err != nil {
		return o, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(work)) }()
	a := &assembly{job: t.Job, dir: work, now: r.Clock(), trial: true}
	r.buildAll(ctx, []*assembly{a})
	if a.err != nil {
		return o, a.err
	}
	message, err := r.composeTrial(t, a)
	if err != nil {
		return o, err
	}
	if err := errors.Join(os.RemoveAll(dir), os.Rename(work, dir)); err != nil {
		return o, err
	}
	files, err := os.ReadDir(dir)
	if err != nil {
		return o, err
	}
	for _, f := range files {
		r.event(t.Job, Event{Type: "file", State: Written, Path: filepath.Join(dir, f.Name())})
	}
	if t.To == nil {
		return o, nil
	}
	return r.sendTrial(ctx, t, message), nil
}

// composeTrial is the message to To, or without To every recipient's, left beside the files
// exactly as it would go out.
func (r *Runner) composeTrial(t Trial, a *assembly) (message spooled, err error) {
	recipients, mark := t.Report.Emails, ""
	if t.To != nil {
		recipients, mark = []mail.Address{*t.To}, "to "+instant(a.now)
	}
	l := r.writeLetter(t.Job, a.built, a.now)
	p, err := l.enclose(a.built.files, r.MaxMessage)
	if err != nil {
		return message, err
	}
	for _, to := range recipients {
		m, left, err := r.freeze(l, p, identity{r.Account, t.Job, to, mark})
		if err == nil && t.To == nil {
			_, err = ourmail.Outbox{Dir: a.dir}.Put(m.name, m.Frozen)
		}
		if err != nil {
			return message, fmt.Errorf("mail to %s: %w", to.Address, err)
		}
		if message = m; len(left) > 0 {
			r.Log.Warn("too large for a mail, so not attached", "report", t.Report.ID, "period", t.Period.String(), "files", left)
		}
	}
	return message, nil
}

func (r *Runner) sendTrial(ctx context.Context, t Trial, m spooled) Outcome {
	e := Event{Type: "delivery", Recipient: m.To, State: string(ledger.Sent)}
	err := errors.New("the configuration has no mail: block")
	where := ""
	if r.Sender != nil {
		where, err = r.Sender.Send(ctx, m.name, m.Frozen, nil)
		r.hangUp()
	}
	var o Outcome
	if err != nil {
		e.State, e.Error, o.Waiting = string(ledger.Deferred), fmt.Sprintf("report %s: mail to %s: %v", t.Report.ID, m.To, err), true
		var failed *ourmail.Error
		if errors.As(err, &failed) && failed.Verdict != ourmail.NotSent {
			e.State = failed.Verdict.String()
			o = Outcome{Failed: failed.Verdict == ourmail.Refused, Waiting: failed.Verdict != ourmail.Refused}
		}
	} else if filepath.IsAbs(where) {
		e.State, e.Path = Written, where
	}
	r.event(t.Job, e)
	return o
}
