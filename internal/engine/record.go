package engine

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"rapport/internal/archive"
	"rapport/internal/builder"
	"rapport/internal/durable"
	"rapport/internal/ledger"
	"rapport/internal/message"
	"rapport/internal/report"
)

// record freezes files and messages on the disk and then in the ledger: from there on
// the period is made.
func (d *Engine) record(ctx context.Context, m *making) error {
	done, err := d.freezeAll(m)
	if err != nil {
		return err
	}
	if err := durable.SyncDir(m.dir); err != nil {
		return err
	}
	final := filepath.Join(archive.PeriodDir(d.Archive, m.Report.ID, m.PeriodName()), archive.OutgoingDir)
	if err := errors.Join(os.RemoveAll(final), os.Rename(m.dir, final)); err != nil { // what is there was never recorded
		return err
	}
	if err := durable.SyncDir(filepath.Dir(final)); err != nil {
		return err
	}
	if err := d.Ledger.RecordMade(ctx, m.row.ID, done); err != nil { // which may have been written all the same: the files stay
		return fmt.Errorf("ledger: %w", err)
	}
	return nil
}

// freezeAll composes every recipient's message beside the files, one in memory at a time.
func (d *Engine) freezeAll(m *making) (done ledger.MadePeriod, err error) {
	done = ledger.MadePeriod{At: m.Now, Marks: m.Fingerprints}
	if !m.Differs { // nothing is compared with figures that are in doubt
		done.Basis = report.FilterHash(m.Job.Report.Data)
	}
	rel := func(dir ...string) string {
		return filepath.Join(append([]string{m.Job.Report.ID, m.Job.PeriodName()}, dir...)...)
	}
	for _, f := range m.Files {
		done.Artifacts = append(done.Artifacts, ledger.Artifact{Path: rel(filepath.Base(f.Path)), ContentType: f.ContentType, SHA256: f.Sha256, Size: f.Size, Rows: f.Rows})
	}
	for _, f := range m.Totals {
		done.Totals = append(done.Totals, ledger.Total(f))
	}
	l, err := d.Composer.Draft(m.Job, m.Statement, m.Now)
	if err != nil {
		return done, err
	}
	if done.Letter, err = l.Pack(); err != nil {
		return done, err
	}
	if len(m.Job.Report.Emails) == 0 || m.skipped() {
		return done, nil // nothing is packed that nobody gets
	}
	p, err := l.Attach(m.Files, d.MaxMessage)
	if err != nil {
		return done, err
	}
	box := &message.Store{Dir: m.dir}
	for _, to := range m.Job.Report.Emails {
		s, left, err := d.Composer.Freeze(l, p, m.Job, to, "")
		if err == nil {
			err = box.Write(s)
		}
		if err != nil {
			return done, fmt.Errorf("mail to %s: %w", to.Address, err)
		}
		m.left = left
		done.Deliveries = append(done.Deliveries, ledger.NewDelivery{
			Recipient: to.Address, MessageID: s.ID, File: rel(archive.OutgoingDir, s.Name+archive.MessageSuffix), SHA256: s.SHA256(), Size: int64(len(s.Bytes)),
		})
	}
	return done, box.Sync()
}

// skipped tells whether nobody wants to hear of a period in which nothing happened. Where
// Dintero says that something did, they do.
func (m *making) skipped() bool {
	return m.Job.Report.SkipEmpty && m.Rows == 0 && !m.Differs
}

// made publishes the files of a period that was just made, and queues its messages.
func (d *Engine) made(ctx context.Context, m *making) {
	if err := d.publish(m.Job); err != nil {
		d.fault(fmt.Errorf("report %s: %s: %w", m.Job.Report.ID, m.Job.PeriodName(), err)) // its deliveries will try again
	} else if err := durable.RemoveEmpty(filepath.Join(archive.PeriodDir(d.Archive, m.Report.ID, m.PeriodName()), archive.OutgoingDir)); err != nil {
		d.Log.Warn("a directory that is empty stays on the disk", "error", err)
	}
	d.tellLeft(ctx, m.Job, m.left, m.Now)
	d.clear(ctx, ledger.AlarmFailed, m.Job.Report.ID, m.Now)
	d.clear(ctx, ledger.AlarmReconcile, m.Job.Report.ID+" "+m.Job.PeriodName(), m.Now)
	if m.skipped() {
		d.event(m.Job, builder.Event{Type: "report", State: builder.NotMailed})
	}
	if len(m.Job.Report.Emails) == 0 || m.skipped() {
		d.ping(ctx, m.Job.Report, "")
		return
	}
	d.queueOf(ctx, m.Job)
}

// tellLeft says what had no room in a mail.
func (d *Engine) tellLeft(ctx context.Context, j report.Job, left []string, now time.Time) {
	if len(left) == 0 {
		d.clear(ctx, ledger.AlarmTooLarge, j.Report.ID, now)
		return
	}
	d.Log.Warn("too large for a mail, so not attached", "report", j.Report.ID, "period", j.PeriodName(), "files", left)
	d.raise(ctx, ledger.AlarmTooLarge, j.Report.ID, fmt.Sprintf("%s %s: too large for a mail, so not attached: %v — the archive has it", j.Report.ID, j.PeriodName(), left), now)
}

// publish moves the files of a made period to their place, and says where that is.
func (d *Engine) publish(j report.Job) error {
	moved, err := archive.Publish(archive.PeriodDir(d.Archive, j.Report.ID, j.PeriodName()))
	for _, path := range moved {
		d.event(j, builder.Event{Type: "file", State: builder.Written, Path: path})
	}
	return err
}
