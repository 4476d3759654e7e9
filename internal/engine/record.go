package engine

import (
	"context"
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
func (m *maker) record(ctx context.Context, mk *making) error {
	done, err := m.freezeAll(mk)
	if err != nil {
		return err
	}
	if err := durable.SyncDir(mk.dir); err != nil {
		return err
	}
	final := filepath.Join(archive.PeriodDir(m.Archive, mk.Report.ID, mk.PeriodName()), archive.OutgoingDir)
	if err := os.RemoveAll(final); err != nil { // what is there was never recorded
		return err
	}
	if err := durable.Rename(mk.dir, final); err != nil {
		return err
	}
	if err := m.Ledger.RecordMade(ctx, mk.row.Claim, done); err != nil { // which may have been written all the same: the files stay
		return fmt.Errorf("ledger: %w", err)
	}
	return nil
}

// freezeAll composes every recipient's message beside the files, one in memory at a time.
func (m *maker) freezeAll(mk *making) (done ledger.MadePeriod, err error) {
	done = ledger.MadePeriod{At: mk.Now, Fingerprints: mk.Fingerprints, Settlements: mk.Settlements}
	if !mk.Differs { // nothing is compared with figures that are in doubt
		done.FilterHash = report.FilterHash(mk.Report.Data)
	}
	rel := func(dir ...string) string {
		return filepath.Join(append([]string{mk.Report.ID, mk.PeriodName()}, dir...)...)
	}
	for _, f := range mk.Files {
		done.Artifacts = append(done.Artifacts, ledger.Artifact{Path: rel(filepath.Base(f.Path)), ContentType: f.ContentType, SHA256: f.SHA256, Size: f.Size, Rows: f.Rows})
	}
	for _, t := range mk.Totals {
		done.Totals = append(done.Totals, ledger.Total(t))
	}
	draft, err := m.Composer.Draft(mk.Job, mk.Statement, mk.Now)
	if err != nil {
		return done, err
	}
	if done.MessageContent, err = draft.Pack(); err != nil {
		return done, err
	}
	if len(mk.Report.Emails) == 0 || mk.skipped() {
		return done, nil // nothing is packed that nobody gets
	}
	attached, err := draft.Attach(mk.Files, m.MaxMessage)
	if err != nil {
		return done, err
	}
	store := &message.Store{Dir: mk.dir}
	for _, to := range mk.Report.Emails {
		s, omitted, err := m.Composer.Freeze(draft, attached, mk.Job, to, "")
		if err == nil {
			err = store.Write(s)
		}
		if err != nil {
			return done, fmt.Errorf("mail to %s: %w", to.Address, err)
		}
		mk.omitted = omitted
		done.Deliveries = append(done.Deliveries, ledger.NewDelivery{
			Recipient: to.Address, MessageID: s.ID, File: rel(archive.OutgoingDir, s.Name+archive.MessageSuffix), SHA256: s.SHA256(), Size: int64(len(s.Bytes)),
		})
	}
	return done, store.Sync()
}

// skipped tells whether nobody wants to hear of a period in which nothing happened. Where
// Dintero says that something did, they do.
func (mk *making) skipped() bool {
	return mk.Report.SkipEmpty && mk.Rows == 0 && !mk.Differs
}

// made publishes the files of a period that was just made, and has its messages sent.
func (m *maker) made(ctx context.Context, mk *making) {
	if err := m.publish(mk.Job); err != nil {
		m.faults.add(fmt.Errorf("report %s: %s: %w", mk.Report.ID, mk.PeriodName(), err)) // its deliveries will try again
	} else if err := durable.RemoveEmpty(filepath.Join(archive.PeriodDir(m.Archive, mk.Report.ID, mk.PeriodName()), archive.OutgoingDir)); err != nil {
		m.Log.Warn("a directory that is empty stays on the disk", "error", err)
	}
	m.tellOmitted(ctx, mk.Job, mk.omitted, mk.Now)
	m.alarms.resolve(ctx, ledger.AlarmFailed, mk.Report.ID, mk.Now)
	m.alarms.resolve(ctx, ledger.AlarmReconcile, mk.Report.ID+" "+mk.PeriodName(), mk.Now)
	if mk.Settlements != nil {
		m.alarms.resolve(ctx, ledger.AlarmVoucher, mk.Report.ID, mk.Now)
	}
	if mk.skipped() {
		m.event(mk.Job, builder.Event{Type: "report", State: builder.NotMailed})
	}
	if len(mk.Report.Emails) == 0 || mk.skipped() {
		m.ping(ctx, mk.Report, "")
		return
	}
	m.sender.madeReady()
}

// tellOmitted says what had no room in a mail.
func (e *core) tellOmitted(ctx context.Context, j report.Job, omitted []string, now time.Time) {
	if len(omitted) == 0 {
		e.alarms.resolve(ctx, ledger.AlarmTooLarge, j.Report.ID, now)
		return
	}
	e.Log.Warn("too large for a mail, so not attached", "report", j.Report.ID, "period", j.PeriodName(), "files", omitted)
	e.alarms.raise(ctx, ledger.AlarmTooLarge, j.Report.ID, fmt.Sprintf("%s %s: too large for a mail, so not attached: %v — the archive has it", j.Report.ID, j.PeriodName(), omitted), now)
}

// publish moves the files of a made period to their place, and says where that is.
func (e *core) publish(j report.Job) error {
	moved, err := archive.Publish(archive.PeriodDir(e.Archive, j.Report.ID, j.PeriodName()))
	for _, path := range moved {
		e.event(j, builder.Event{Type: "file", State: builder.Written, Path: path})
	}
	return err
}
