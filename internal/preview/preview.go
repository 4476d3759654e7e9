// Package preview makes a report to look at: the files and the messages that a run would make,
// in trial/ beside the archive's files. It leaves no mark in the ledger, refuses to touch a
// frozen file, and sends to nobody but the one address that it is given.
package preview

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/mail"
	"os"
	"path/filepath"
	"time"

	"rapport/internal/archive"
	"rapport/internal/builder"
	"rapport/internal/durable"
	"rapport/internal/filelock"
	"rapport/internal/ident"
	"rapport/internal/ledger"
	"rapport/internal/message"
	"rapport/internal/report"
	"rapport/internal/statement"
	ourmail "rapport/mail"
)

// A Preview makes periods to look at, leaves no mark in the ledger, and does not look at
// what was sent before. It sends to To only; without To it sends nothing.
type Preview struct {
	Archive    string // the directory
	MaxMessage int64  // bytes that a message may have where the relay does not say
	To         *mail.Address
	Builder    *builder.Builder
	Composer   *message.Composer
	Sender     message.Sender // nil: there is no mail in the configuration
	Clock      func() time.Time
	Log        *slog.Logger
	EventLog   *slog.Logger // takes what Emit takes; nil: Log
	Emit       func(builder.Event)
	// PartSlugs are what the parts of a report are called, by value; nil: nothing was made before.
	PartSlugs func(ctx context.Context, account, report string) (map[string]string, error)
}

// All tries jobs in the order in which a run would make them, so that each has the
// number that it would have then. Done is called after each.
func (p *Preview) All(ctx context.Context, jobs []report.Job, done func()) (o builder.Outcome) {
	ahead := map[string]int{}
	p.Builder.Trials = map[string][][]byte{}
	for _, j := range jobs {
		if ctx.Err() != nil {
			o.Waiting = true
			return o
		}
		before := 0 // of the report, that have no number yet
		if h := p.Builder.History; h != nil {
			period, found, err := h.Period(ctx, statement.KeyOf(p.Builder.Account.ID, j))
			if err == nil && (!found || period.Number == 0) { // an error is met again, and told, when it is tried
				before = ahead[j.Report.ID]
				ahead[j.Report.ID]++
			}
		}
		o.Add(p.one(ctx, j, before))
		done()
	}
	return o
}

// one makes files under trial/, where the last trial gives way, and one message to
// To, or without To one beside the files for each recipient.
func (p *Preview) one(ctx context.Context, j report.Job, ahead int) builder.Outcome {
	dir := filepath.Join(p.Archive, filepath.FromSlash(archive.PeriodKey(j.Report.ID, j.PeriodName())), archive.TrialDir)
	sent, err := p.try(ctx, builder.Request{Job: j, Ahead: ahead, Trial: true}, dir)
	err = errors.Join(err, durable.RemoveEmpty(filepath.Dir(dir), filepath.Dir(filepath.Dir(dir))))
	if err != nil {
		p.event(j, builder.Event{Type: "report", State: builder.Waiting, Level: builder.FaultLevel(err), Error: fmt.Sprintf("report %s: %s: %v", j.Report.ID, j.Period, err)})
		return builder.Outcome{Waiting: true}
	}
	return sent
}

func (p *Preview) event(j report.Job, e builder.Event) {
	e = e.Of(j)
	e.LogTo(cmp.Or(p.EventLog, p.Log), p.Builder.Account.ID)
	p.Emit(e)
}

func (p *Preview) try(ctx context.Context, request builder.Request, dir string) (o builder.Outcome, err error) {
	if err := durable.MkdirAll(filepath.Dir(dir)); err != nil {
		return o, err
	}
	lock, err := filelock.Dir(filepath.Dir(dir))
	if errors.Is(err, filelock.ErrLocked) {
		err = fmt.Errorf("%s: another run is at work on this report", filepath.Dir(dir))
	}
	if err != nil {
		return o, err
	}
	defer func() { err = errors.Join(err, lock.Close()) }()
	request.Dir = dir + ".new"
	if err := errors.Join(os.RemoveAll(request.Dir), os.Mkdir(request.Dir, 0o700)); err != nil {
		return o, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(request.Dir)) }()
	parts := &triedParts{Preview: p, ctx: ctx, ahead: request.Ahead}
	defer func() { err = errors.Join(err, parts.drop()) }()
	if request.Split, err = parts.begin(request.Job); err != nil {
		return o, err
	}
	made := p.Builder.Build(ctx, p.Clock(), []builder.Request{request})[0]
	if made.Err != nil {
		return o, made.Err
	}
	message, err := p.compose(ctx, made, request.Dir)
	if err != nil {
		return o, err
	}
	if err := errors.Join(os.RemoveAll(dir), os.Rename(request.Dir, dir)); err != nil {
		return o, err
	}
	files, err := os.ReadDir(dir)
	if err != nil {
		return o, err
	}
	for _, f := range files {
		p.event(request.Job, builder.Event{Type: "file", State: builder.Written, Path: filepath.Join(dir, f.Name())})
	}
	if p.To != nil {
		o = p.send(ctx, request.Job, message)
	}
	of, err := parts.publish()
	o.Add(of)
	return o, err
}

// compose makes the message to To, or without To every recipient's, left beside the files
// exactly as it would go out.
func (p *Preview) compose(ctx context.Context, made builder.Result, dir string) (message message.Stored, err error) {
	recipients, mark := made.Report.Emails, ""
	if p.To != nil {
		recipients, mark = []mail.Address{*p.To}, "to "+ident.Instant(made.Now)
	}
	draft, err := p.Composer.Draft(made.Job, made.Statement, made.Now)
	if err == nil && p.To != nil {
		draft, err = draft.Trial(*p.To)
	}
	if err != nil {
		return message, err
	}
	attached, err := draft.Attach(made.Files, p.maxMessage(ctx))
	if err != nil {
		return message, err
	}
	for _, to := range recipients {
		m, left, err := p.Composer.Freeze(draft, attached, made.Job, to, mark)
		if err == nil && p.To == nil {
			_, err = ourmail.Outbox{Dir: dir}.Put(m.Name, m.Frozen)
		}
		if err != nil {
			return message, fmt.Errorf("mail to %s: %w", to.Address, err)
		}
		if message = m; len(left) > 0 {
			p.Log.Warn("too large for a mail, so not attached", "report", made.Report.ID, "period", made.Period.String(), "files", left)
		}
	}
	return message, nil
}

// maxMessage is how many bytes a message may have: what the relay says, where one is sent.
func (p *Preview) maxMessage(ctx context.Context) int64 {
	if p.To == nil {
		return p.MaxMessage
	}
	relay, ok := p.Sender.(interface {
		Limit(context.Context) (int64, error)
	})
	if !ok {
		return p.MaxMessage
	}
	if limit, err := relay.Limit(ctx); err == nil && limit > 0 {
		return limit
	}
	return p.MaxMessage
}

func (p *Preview) send(ctx context.Context, j report.Job, m message.Stored) builder.Outcome {
	e := builder.Event{Type: "delivery", Recipient: m.To, State: string(ledger.Sent)}
	err := errors.New("the configuration has no mail: block")
	where := ""
	if p.Sender != nil {
		where, err = p.Sender.Send(ctx, m.Name, m.Frozen, nil)
		message.CloseIdle(p.Sender)
	}
	var o builder.Outcome
	if err != nil {
		e.Level = builder.FaultLevel(err)
		e.State, e.Error, o.Waiting = string(ledger.Deferred), fmt.Sprintf("report %s: mail to %s: %v", j.Report.ID, m.To, err), true
		var failed *ourmail.Error
		if errors.As(err, &failed) && failed.Verdict != ourmail.NotSent {
			e.State = failed.Verdict.String()
			o = builder.Outcome{Failed: failed.Verdict == ourmail.Refused, Waiting: failed.Verdict != ourmail.Refused}
		}
	} else if filepath.IsAbs(where) {
		e.State, e.Path = builder.Written, where
	}
	p.event(j, e)
	return o
}
