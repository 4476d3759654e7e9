package pipeline

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"rapport/fetch"
	"rapport/internal/ledger"
	"rapport/reportconfig"
)

// A making is a period of the ledger on its way to be made, claimed by us.
type making struct {
	assembly
	row  ledger.Period
	left []string // files that had no room in a message
}

// makeBatch makes periods whose data is the same, with one pass over the source, and
// queues their messages. What cannot be made is postponed in the ledger, each by itself.
func (d *Desk) makeBatch(ctx context.Context, rows []ledger.Period) {
	var batch []*making
	for _, row := range rows {
		if d.isStopped() {
			break
		}
		if m := d.begin(ctx, row); m != nil {
			batch = append(batch, m)
		} else {
			d.finished()
		}
	}
	if len(batch) == 0 {
		return
	}
	var together []*assembly
	for _, m := range batch {
		together = append(together, &m.assembly)
	}
	d.buildAll(ctx, together)
	for _, m := range batch {
		d.finish(ctx, m)
		d.finished()
	}
	switch err := batch[0].err; {
	case fetch.Unauthorized(err):
		d.raise(ctx, alarmSource, d.Account, err.Error(), batch[0].now)
		d.sourceRefuses(ctx)
	case fetch.Denied(err):
		d.raise(ctx, alarmSource, d.Account, err.Error(), batch[0].now)
	case err == nil:
		d.clear(ctx, alarmSource, d.Account, batch[0].now)
	}
}

func (d *Desk) finished() {
	if d.Finished != nil {
		d.Finished()
	}
}

// begin claims a period, unless somebody else has it, it is over, or the archive holds it.
func (d *Desk) begin(ctx context.Context, row ledger.Period) *making {
	j, ok := d.job(row)
	if !ok {
		return nil
	}
	now := d.Clock()
	row, err := d.Ledger.ClaimPeriod(ctx, row.ID, now)
	if err != nil {
		d.notOurs(j, err)
		return nil
	}
	m := &making{row: row, assembly: assembly{job: j, now: now, dir: filepath.Join(d.periodDir(j), outgoing+".new")}}
	err = d.own(ctx, j.Report)
	held := false
	if err == nil {
		held, err = isHeld(d.periodDir(j), j.name())
	}
	if err == nil && held {
		note := d.heldNote(j)
		d.Log.Warn(note)
		d.settlePeriod(m, ledger.Postponed{At: now, State: ledger.Archived, Error: note})
		d.event(j, Event{Type: "report", State: Already, Path: d.periodDir(j)})
		return nil
	}
	if err == nil {
		err = errors.Join(os.RemoveAll(m.dir), makeDirs(m.dir))
	}
	if err != nil {
		m.err = err
		d.finish(ctx, m)
		return nil
	}
	d.ping(ctx, j.Report, "start")
	return m
}

// own makes a report's place in the archive ours, before anything is looked for in it.
func (d *Desk) own(ctx context.Context, report *reportconfig.Report) error {
	owner, err := d.Ledger.OwnDirectory(ctx, d.reportDir(report), d.Account)
	if err != nil {
		return fmt.Errorf("ledger: %w", err)
	}
	return d.foreign(report, owner)
}

// notOurs says why a period or a delivery was left alone.
func (d *Desk) notOurs(j Job, err error) {
	var held *ledger.HeldError
	switch {
	case errors.As(err, &held):
		d.event(j, Event{Type: "report", State: Waiting, Error: fmt.Sprintf("report %s: %s: another run is at work on it: %v", j.Report.ID, j.name(), held)})
	case errors.Is(err, ledger.ErrOver): // somebody was faster
	default:
		d.ledgerFault(fmt.Errorf("report %s: %s: %w", j.Report.ID, j.name(), err))
	}
}

// finish records what became of a period.
func (d *Desk) finish(ctx context.Context, m *making) {
	err := m.err
	if err == nil {
		err = contained(func() error { return d.record(context.WithoutCancel(ctx), m) })
	}
	if err == nil {
		d.made(ctx, m)
		return
	}
	err = errors.Join(err, os.RemoveAll(m.dir), removeEmpty(d.periodDir(m.job), filepath.Dir(d.periodDir(m.job))))
	if ctx.Err() != nil && m.err != nil {
		d.later(fmt.Sprintf("period %d", m.row.ID), func(ctx context.Context) error { return d.Ledger.ReturnPeriod(ctx, m.row.ID) })
		d.event(m.job, Event{Type: "report", State: Waiting, Error: fmt.Sprintf("report %s: %s: stopped", m.job.Report.ID, m.job.name())})
		return
	}
	d.postpone(ctx, m, err)
}

// poisonTries is how often a report may panic before it is left to the operator.
const poisonTries = 3

// postpone leaves a period for a later try; one that panics again and again is given up.
func (d *Desk) postpone(ctx context.Context, m *making, err error) {
	tries, at := m.row.Attempts+1, d.Clock()
	wait := backoff(tries, m.row.ID)
	if fetch.Unauthorized(err) || errors.Is(err, errNotAsked) {
		wait = max(wait, knock)
	}
	p := ledger.Postponed{At: at, NextTry: at.Add(wait), State: ledger.Owed, Error: err.Error()}
	var panicked *panicked
	if errors.As(err, &panicked) {
		d.Log.Error("report panicked", "report", m.job.Report.ID, "period", m.job.name(), "panic", panicked.value, "stack", string(panicked.stack))
		if tries >= poisonTries {
			p.State, p.NextTry = ledger.Failed, time.Time{}
		}
	}
	d.settlePeriod(m, p)
	e := Event{Type: "report", State: Waiting, Error: fmt.Sprintf("report %s: %s: %v", m.job.Report.ID, m.job.name(), err)}
	if p.State == ledger.Failed {
		e.State = string(ledger.Failed)
		d.raise(ctx, alarmFailed, m.job.Report.ID, e.Error, at)
	}
	var held *differsError
	if errors.As(err, &held) {
		d.raise(ctx, alarmReconcile, m.job.Report.ID+" "+m.job.name(), fmt.Sprintf("%s %s: %v", m.job.Report.ID, m.job.name(), held), at)
	}
	d.event(m.job, e)
	if !errors.Is(err, errNotAsked) {
		d.ping(ctx, m.job.Report, "fail")
	}
}

func (d *Desk) settlePeriod(m *making, p ledger.Postponed) {
	d.later(fmt.Sprintf("period %d", m.row.ID), func(ctx context.Context) error { return d.Ledger.PostponePeriod(ctx, m.row.ID, p) })
}

// record freezes files and messages on the disk and then in the ledger: from there on
// the period is made.
func (d *Desk) record(ctx context.Context, m *making) error {
	done, err := d.freezeAll(m)
	if err != nil {
		return err
	}
	if err := syncDir(m.dir); err != nil {
		return err
	}
	final := filepath.Join(d.periodDir(m.job), outgoing)
	if err := errors.Join(os.RemoveAll(final), os.Rename(m.dir, final)); err != nil { // what is there was never recorded
		return err
	}
	if err := syncDir(filepath.Dir(final)); err != nil {
		return err
	}
	if err := d.Ledger.RecordMade(ctx, m.row.ID, done); err != nil { // which may have been written all the same: the files stay
		return fmt.Errorf("ledger: %w", err)
	}
	return nil
}

// freezeAll composes every recipient's message beside the files, one in memory at a time.
func (d *Desk) freezeAll(m *making) (done ledger.MadePeriod, err error) {
	done = ledger.MadePeriod{At: m.now, Marks: m.built.marks.pack(basis(m.job.Report))}
	if m.built.reconciliation.verdict != differs { // nothing is compared with figures that are in doubt
		done.Basis = basis(m.job.Report)
	}
	rel := func(dir ...string) string {
		return filepath.Join(append([]string{m.job.Report.ID, m.job.name()}, dir...)...)
	}
	for _, f := range m.built.files {
		done.Artifacts = append(done.Artifacts, ledger.Artifact{Path: rel(filepath.Base(f.path)), ContentType: f.contentType, SHA256: f.sha256, Size: f.size, Rows: f.rows})
	}
	for _, f := range m.built.figures() {
		done.Totals = append(done.Totals, ledger.Total(f))
	}
	l := d.writeLetter(m.job, m.built, m.now)
	if done.Letter, err = l.pack(); err != nil {
		return done, err
	}
	if len(m.job.Report.Emails) == 0 || m.skipped() {
		return done, nil // nothing is packed that nobody gets
	}
	p, err := l.enclose(m.built.files, d.MaxMessage)
	if err != nil {
		return done, err
	}
	box := &spool{dir: m.dir}
	for _, to := range m.job.Report.Emails {
		s, left, err := d.freeze(l, p, identity{d.Account, m.job, to, ""})
		if err == nil {
			err = box.write(s)
		}
		if err != nil {
			return done, fmt.Errorf("mail to %s: %w", to.Address, err)
		}
		m.left = left
		done.Deliveries = append(done.Deliveries, ledger.NewDelivery{
			Recipient: to.Address, MessageID: s.ID, File: rel(outgoing, s.name+spoolSuffix), SHA256: s.sum(), Size: int64(len(s.Bytes)),
		})
	}
	return done, box.sync()
}

// skipped tells whether nobody wants to hear of a period in which nothing happened. Where
// Dintero says that something did, they do.
func (m *making) skipped() bool {
	return m.job.Report.SkipEmpty && m.built.totals.rows == 0 && m.built.reconciliation.verdict != differs
}

// made publishes the files of a period that was just made, and queues its messages.
func (d *Desk) made(ctx context.Context, m *making) {
	if err := d.publish(m.job); err != nil {
		d.fault(fmt.Errorf("report %s: %s: %w", m.job.Report.ID, m.job.name(), err)) // its deliveries will try again
	} else if err := removeEmpty(filepath.Join(d.periodDir(m.job), outgoing)); err != nil {
		d.Log.Warn("a directory that is empty stays on the disk", "error", err)
	}
	d.tellLeft(ctx, m.job, m.left, m.now)
	d.clear(ctx, alarmFailed, m.job.Report.ID, m.now)
	d.clear(ctx, alarmReconcile, m.job.Report.ID+" "+m.job.name(), m.now)
	if m.skipped() {
		d.event(m.job, Event{Type: "report", State: NotMailed})
	}
	if len(m.job.Report.Emails) == 0 || m.skipped() {
		d.ping(ctx, m.job.Report, "")
		return
	}
	d.queueOf(ctx, m.job)
}

// tellLeft says what had no room in a mail.
func (d *Desk) tellLeft(ctx context.Context, j Job, left []string, now time.Time) {
	if len(left) == 0 {
		d.clear(ctx, alarmTooLarge, j.Report.ID, now)
		return
	}
	d.Log.Warn("too large for a mail, so not attached", "report", j.Report.ID, "period", j.name(), "files", left)
	d.raise(ctx, alarmTooLarge, j.Report.ID, fmt.Sprintf("%s %s: too large for a mail, so not attached: %v — the archive has it", j.Report.ID, j.name(), left), now)
}

// publish moves the files of a made period to their place, and says where that is.
func (d *Desk) publish(j Job) error {
	moved, err := moveFiles(d.periodDir(j))
	for _, path := range moved {
		d.event(j, Event{Type: "file", State: Written, Path: path})
	}
	return err
}
