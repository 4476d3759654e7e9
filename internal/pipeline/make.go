package pipeline

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/mail"
	"os"
	"path/filepath"

	ourmail "rapport/mail"
)

// makePeriod makes a period that was not made yet, and sends what is left to send.
func (r *Runner) makePeriod(ctx context.Context, j Job) (Outcome, error) {
	dir := r.periodDir(j)
	made, err := isMade(dir, j.Period.String())
	if err != nil {
		return Outcome{}, err
	}
	if made && !exists(filepath.Join(dir, outgoing)) {
		return Outcome{}, r.tellAlready(j, dir)
	}
	if !made {
		if err := r.commit(ctx, j, dir); err != nil {
			return Outcome{}, err
		}
	}
	return r.deliver(ctx, j, dir)
}

// tellAlready says that a period was made before, and to whom it could not be delivered.
func (r *Runner) tellAlready(j Job, dir string) error {
	r.event(j, Event{Type: "report", State: Already, Path: dir})
	names, err := messagesIn(filepath.Join(dir, refused))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	for _, name := range names {
		m, err := readSpool(filepath.Join(dir, refused, name))
		if err != nil {
			return err
		}
		r.event(j, Event{Type: "delivery", Recipient: m.To, State: RefusedBefore, Path: filepath.Join(dir, refused, name)})
	}
	return nil
}

// commit makes files and messages in a directory beside .outgoing and, when all are on
// the disk, gives it that name: from then on the period is made.
func (r *Runner) commit(ctx context.Context, j Job, dir string) (err error) {
	work := filepath.Join(dir, outgoing+".new")
	if err := errors.Join(os.RemoveAll(work), makeDirs(work)); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(work)) }() // gone already when all went well
	b, err := r.build(ctx, j, work)
	if err != nil {
		return err
	}
	err = r.eachMessage(j, b, j.Report.Emails, "", func(m spooled) error {
		return writeSpool(filepath.Join(work, m.name+spoolSuffix), m.Frozen)
	})
	if err != nil {
		return err
	}
	if err := syncDir(work); err != nil {
		return err
	}
	if err := os.Rename(work, filepath.Join(dir, outgoing)); err != nil {
		return err
	}
	return syncDir(dir)
}

// makeTrial makes files under trial/, where the last trial gives way, and one message to
// Job.To, or with DryRun one beside the files for each recipient.
func (r *Runner) makeTrial(ctx context.Context, j Job) (o Outcome, err error) {
	dir := filepath.Join(r.periodDir(j), "trial")
	work := dir + ".new"
	if err := errors.Join(os.RemoveAll(work), os.MkdirAll(work, 0o700)); err != nil {
		return o, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(work)) }()
	b, err := r.build(ctx, j, work)
	if err != nil {
		return o, err
	}
	var message spooled
	recipients, mark := j.Report.Emails, "" // a dry run shows exactly what would go out
	if j.To != nil {
		recipients, mark = []mail.Address{*j.To}, "to "+instant(r.Now)
	}
	err = r.eachMessage(j, b, recipients, mark, func(m spooled) (err error) {
		if message = m; j.DryRun {
			_, err = ourmail.Outbox{Dir: work}.Put(m.name, m.Frozen)
		}
		return err
	})
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
		r.event(j, Event{Type: "file", State: Written, Path: filepath.Join(dir, f.Name())})
	}
	if j.To != nil && !j.DryRun {
		e, decided := r.send(ctx, j, message)
		r.event(j, e)
		o.Add(Outcome{Failed: e.State == Refused, Waiting: !decided})
	}
	return o, nil
}

// eachMessage composes the message to each recipient and hands it on, one in memory at a time.
func (r *Runner) eachMessage(j Job, b *built, recipients []mail.Address, mark string, use func(spooled) error) error {
	if len(recipients) == 0 {
		return nil
	}
	l, err := r.writeLetter(j, b)
	if err != nil {
		return err
	}
	if len(l.left) > 0 {
		r.Log.Warn("too large for a mail, so not attached", "report", j.Report.ID, "period", j.Period.String(), "files", l.left, "max_message", r.MaxMessage)
	}
	for _, to := range recipients {
		m, err := r.freeze(j, b, l, to, mark)
		if err == nil {
			err = use(m)
		}
		if err != nil {
			return fmt.Errorf("mail to %s: %w", to.Address, err)
		}
	}
	return nil
}
