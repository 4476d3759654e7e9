package pipeline

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"rapport/internal/ledger"
)

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
	if err := d.Ledger.RecordMade(ctx, m.row.Claim, done); err != nil { // which may have been written all the same: the files stay
		return fmt.Errorf("ledger: %w", err)
	}
	return nil
}

// freezeAll composes every recipient's message beside the files, one in memory at a time.
func (d *Desk) freezeAll(m *making) (done ledger.MadePeriod, err error) {
	done = ledger.MadePeriod{At: m.now, Fingerprints: m.built.marks.pack(basis(m.job.Report))}
	if m.built.reconciliation.verdict != differs { // nothing is compared with figures that are in doubt
		done.FilterHash = basis(m.job.Report)
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
	if done.MessageContent, err = l.pack(); err != nil {
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
