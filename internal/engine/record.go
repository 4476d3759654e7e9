package engine

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"rapport/internal/archive"
	"rapport/internal/builder"
	"rapport/internal/durable"
	"rapport/internal/evidence"
	"rapport/internal/frozenmail"
	"rapport/internal/ledger"
	"rapport/internal/message"
	"rapport/internal/report"
)

// record freezes files and messages on the disk and then in the ledger: from there on
// the period is made.
func (m *maker) record(ctx context.Context, mk *making) error {
	revisions, err := m.revisions(ctx, mk)
	if err != nil {
		return err
	}
	done, err := m.freezeAll(ctx, mk, revisions)
	if err == nil {
		err = archive.WriteSeal(mk.dir, m.Account.ID, mk.row.Number, mk.Now, mk.Files)
	}
	if err != nil {
		return err
	}
	if err := durable.SyncDir(mk.dir); err != nil {
		return err
	}
	if err := m.Archive.PutAttempt(ctx, mk.key); err != nil {
		return err
	}
	mk.recording = true
	if err := mk.parts.Record(ctx, m.Ledger, mk.row.Claim, done); err != nil { // which may have been written all the same: the files stay
		return fmt.Errorf("ledger: %w", err)
	}
	return nil
}

// revisions are those that the messages of a period that is made again become, by mailbox.
func (m *maker) revisions(ctx context.Context, mk *making) (map[string]int, error) {
	revisions := map[string]int{}
	if mk.Edition == 0 || mk.IsCorrection() {
		return revisions, nil
	}
	rows, err := m.Ledger.Deliveries(ctx, ledger.Filter{Account: m.Account.ID, Report: mk.Report.ID, Period: mk.PeriodName()})
	if err != nil {
		return nil, fmt.Errorf("ledger: %w", err)
	}
	for _, row := range rows {
		revisions[mailbox(row.Recipient)] = row.Revision + 1
	}
	return revisions, nil
}

// freezeAll composes every recipient's message beside the files, one in memory at a time.
func (m *maker) freezeAll(ctx context.Context, mk *making, revisions map[string]int) (done ledger.MadePeriod, err error) {
	done = ledger.MadePeriod{At: mk.Now, Fingerprints: mk.Fingerprints, Settlements: mk.Settlements, Previous: mk.Previous, Also: m.recheck.Also(mk.Result, mk.row, mk.basis)}
	if !mk.Differs { // nothing is compared with figures that are in doubt
		done.FilterHash = report.FilterHash(mk.Report.Data)
	}
	rel := func(dir ...string) string {
		return filepath.Join(append([]string{periodKey(mk.Job)}, dir...)...)
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
	if done.Facts, err = report.FactsOf(mk.Report).JSON(); err != nil {
		return done, err
	}
	if done.Origin, err = evidence.OriginOf(mk.Report, m.Builder.Program, mk.Reconciled); err != nil {
		return done, err
	}
	if len(mk.Report.Emails) == 0 || mk.skipped() {
		return done, nil // nothing is packed that nobody gets
	}
	attached, err := draft.Attach(mk.Files, m.messages.SizeLimitFor(ctx, mk.Files, m.sender.relay.outUntil(m.Clock()).IsZero()))
	if err != nil {
		return done, err
	}
	restored, err := m.Ledger.RestoreMark(ctx)
	if err != nil {
		return done, fmt.Errorf("ledger: %w", err)
	}
	store := &message.Store{Dir: mk.dir}
	for _, to := range mk.Report.Emails {
		revision := revisions[mailbox(to.Address)]
		s, omitted, err := m.Composer.Freeze(draft, attached, mk.Job, to, frozenmail.Mark(mk.Job, revision, restored))
		if err == nil {
			err = store.Write(s)
		}
		if err != nil {
			return done, fmt.Errorf("mail to %s: %w", to.Address, err)
		}
		mk.omitted = omitted
		d := ledger.NewDelivery{
			Recipient: to.Address, MessageID: s.ID, File: rel(archive.Outgoing(mk.row.Claim.Attempt(), 0), s.Name+archive.MessageSuffix), SHA256: s.SHA256(), Size: int64(s.Size()), Revision: revision, Mark: restored,
		}
		if d.Copy, err = s.Copy(d.SHA256, attached); err != nil {
			return done, err
		}
		done.Deliveries = append(done.Deliveries, d)
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
	mk.Attempt = mk.row.Claim.Attempt()
	if err := m.publish(ctx, mk.Job); err != nil {
		m.raiseArchive(ctx, mk.Job, err, mk.Now)
		m.faults.add(fmt.Errorf("report %s: %s: %w", mk.Report.ID, mk.PeriodName(), err)) // its deliveries will try again
	} else if err := archive.RemoveEmptyAttempt(mk.dir); err != nil {
		m.Log.Warn("a directory that is empty stays on the disk", "error", err)
	}
	mk.parts.EachJob(func(part report.Job) {
		if err := errors.Join(m.publish(ctx, part), archive.RemoveEmptyAttempt(filepath.Join(m.periodDir(part), archive.Outgoing(part.Attempt, 0)))); err != nil {
			m.faults.add(fmt.Errorf("report %s: %s: %w", part.Report.ID, part.PeriodName(), err)) // likewise
		}
	})
	m.tellOmitted(ctx, mk.Job, mk.omitted, mk.Now)
	m.alarms.Resolve(ctx, ledger.AlarmFailed, mk.Report.ID, mk.Now)
	m.alarms.Resolve(ctx, ledger.AlarmArchive, mk.Report.ID, mk.Now)
	if mk.Settlements != nil {
		m.alarms.Resolve(ctx, ledger.AlarmVoucher, mk.Report.ID, mk.Now)
	}
	for _, kind := range []string{ledger.AlarmReconcile, ledger.AlarmCrash} {
		m.alarms.Resolve(ctx, kind, mk.Report.ID+" "+mk.PeriodName(), mk.Now)
	}
	if mk.skipped() {
		m.event(mk.Job, builder.Event{Type: "report", State: builder.NotMailed})
	}
	if len(mk.Report.Emails) == 0 || mk.skipped() {
		m.ping(ctx, mk.Report, pingSuccess)
		return
	}
	if mk.row.InDoubt {
		for _, to := range mk.Report.Emails {
			m.event(mk.Job, builder.Event{Type: "delivery", Recipient: to.Address, State: string(ledger.Held),
				Error: fmt.Sprintf("report %s: %s to %s may have gone out before the ledger was restored from a backup — ask, then rapport deliveries --release or --close", mk.Report.ID, mk.PeriodName(), to.Address)})
		}
		return
	}
	m.sender.madeReady()
}

// raiseArchive tells that a report's place in the archive cannot be used, if that is what err
// says: the others are made.
func (e *core) raiseArchive(ctx context.Context, j report.Job, err error, now time.Time) {
	path, text := "", ""
	var at *fs.PathError
	var between *os.LinkError
	switch {
	case errors.As(err, &at):
		path, text = at.Path, at.Error()
	case errors.As(err, &between):
		path, text = between.New, between.Error()
	case errors.Is(err, archive.ErrChanged), errors.As(err, new(*archive.StoreError)):
		path, text = e.periodDir(j), err.Error()
	}
	if rel, err := filepath.Rel(filepath.Dir(e.periodDir(j)), path); text != "" && err == nil && filepath.IsLocal(rel) {
		e.alarms.Raise(ctx, ledger.AlarmArchive, j.Report.ID, now, j.Report.ID, text)
	}
}

// tellOmitted says what had no room in a mail.
func (e *core) tellOmitted(ctx context.Context, j report.Job, omitted []string, now time.Time) {
	if len(omitted) == 0 {
		e.alarms.Resolve(ctx, ledger.AlarmTooLarge, j.Report.ID, now)
		return
	}
	e.Log.Warn("too large for a mail, so not attached", "report", j.Report.ID, "period", j.PeriodName(), "files", omitted)
	e.alarms.Raise(ctx, ledger.AlarmTooLarge, j.Report.ID, now, j.Report.ID, j.PeriodName(), strings.Join(omitted, ", "))
}

// publish moves the files of a made period to their place, and says where that is.
func (e *core) publish(ctx context.Context, j report.Job) error {
	published, err := e.Archive.Publish(ctx, periodKey(j), archive.Outgoing(j.Attempt, j.Edition))
	for _, path := range published {
		e.event(j, builder.Event{Type: "file", State: builder.Written, Path: path})
	}
	return err
}

// neededAttempts are those of earlier editions of which something is still to be published or sent.
func neededAttempts(ctx context.Context, e *core, j report.Job, row ledger.Period) (needed []string, err error) {
	if row.Edition == 0 {
		return nil, nil
	}
	rows, err := e.Ledger.Deliveries(ctx, ledger.Filter{Account: e.Account.ID, Report: row.Report, Period: row.Name})
	rows = slices.DeleteFunc(rows, func(d ledger.Delivery) bool { return !d.FinishedAt.IsZero() })
	for _, d := range rows {
		needed = append(needed, archive.AttemptOf(d.File))
	}
	if row.Attempt == "" {
		needed = append(needed, "")
	}
	earlier, err2 := e.Ledger.Periods(ctx, ledger.Filter{Account: e.Account.ID, Report: row.Report, Period: row.Name})
	for _, other := range earlier { // one that has no message may have been recorded, and no more
		if other.Attempt != "" && archive.IsUnpublished(e.Archive, periodKey(j), other.Attempt) {
			needed = append(needed, other.Attempt)
		}
	}
	return needed, errors.Join(err, err2)
}
