package pipeline

import (
	"context"
	"errors"
	"io/fs"
	"net/mail"
	"os"
	"path/filepath"
	"slices"
	"time"

	ourmail "rapport/mail"
	"rapport/reportconfig"
)

// deliver sends what waits in .outgoing, each message once; what is decided leaves. One
// message that cannot be read or sent holds no other back.
func (r *Runner) deliver(ctx context.Context, j Job, dir string) (Outcome, error) {
	if err := r.publish(j, dir); err != nil {
		return Outcome{}, err
	}
	spool := filepath.Join(dir, outgoing)
	names, err := messagesIn(spool)
	if err != nil {
		return Outcome{}, err
	}
	var o Outcome
	for _, name := range names {
		path := filepath.Join(spool, name)
		m, err := readSpool(path)
		if err != nil {
			r.event(j, Event{Type: "delivery", State: Deferred, Path: path, Error: "report " + j.Report.ID + ": " + err.Error()})
			o.Waiting = true
			continue
		}
		e, decided := Event{Type: "delivery", Recipient: m.To, State: Cancelled}, true
		if isRecipient(j.Report, m.To) {
			e, decided = r.send(ctx, j, m)
		}
		if decided { // before a word is said of it: a word may be the last thing this process does
			if err := settle(dir, name, e.State == Refused); err != nil {
				return o, err
			}
		}
		r.event(j, e)
		o.Add(Outcome{Failed: e.State == Refused, Waiting: !decided})
	}
	if o.Waiting {
		return o, nil
	}
	return o, errors.Join(os.Remove(spool), syncDir(dir))
}

// settle takes a message out of .outgoing; one that was refused is kept apart, so that
// nobody is told later that it was delivered.
func settle(dir, name string, kept bool) error {
	from := filepath.Join(dir, outgoing, name)
	if !kept {
		return os.Remove(from)
	}
	to := filepath.Join(dir, refused)
	if err := makeDirs(to); err != nil {
		return err
	}
	return os.Rename(from, filepath.Join(to, name))
}

// publish moves the files that wait in .outgoing to their place, and says where that is.
func (r *Runner) publish(j Job, dir string) error {
	moved, err := moveFiles(dir)
	for _, path := range moved {
		r.event(j, Event{Type: "file", State: Written, Path: path})
	}
	return err
}

// send hands one message over. What is decided, sent or refused, must not be tried again.
func (r *Runner) send(ctx context.Context, j Job, m spooled) (e Event, decided bool) {
	e = Event{Type: "delivery", Recipient: m.To}
	if r.Sender == nil {
		e.State, e.Error = Deferred, "report "+j.Report.ID+": mail to "+m.To+": the configuration has no mail: block"
		return e, false
	}
	where, err := r.Sender.Send(ctx, m.name, m.Frozen)
	if err == nil {
		e.State = Sent
		if filepath.IsAbs(where) {
			e.State, e.Path = Written, where
		}
		return e, true
	}
	e.State, e.Error = Deferred, "report "+j.Report.ID+": mail to "+m.To+": "+err.Error()
	var failed *ourmail.Error
	if errors.As(err, &failed) {
		switch failed.Verdict {
		case ourmail.Refused:
			e.State = Refused
		case ourmail.Uncertain:
			e.State = Uncertain
		}
	}
	return e, e.State == Refused
}

// Unsent lists the periods of a report in the archive that still have messages to send,
// oldest first. What is no period of ours, a copy that someone made, is left alone.
func Unsent(archive, report string, zone *time.Location) ([]reportconfig.Period, error) {
	dir := filepath.Join(archive, report)
	entries, err := os.ReadDir(dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	var periods []reportconfig.Period
	for _, e := range entries {
		period, err := reportconfig.ParsePeriod(e.Name(), zone)
		if err == nil && exists(filepath.Join(dir, e.Name(), outgoing)) {
			periods = append(periods, period)
		}
	}
	slices.SortStableFunc(periods, func(a, b reportconfig.Period) int { return a.From.Compare(b.From) })
	return periods, nil
}

func isRecipient(report *reportconfig.Report, address string) bool {
	return slices.ContainsFunc(report.Emails, func(to mail.Address) bool { return to.Address == address })
}
