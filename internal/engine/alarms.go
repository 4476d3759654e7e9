package engine

import (
	"context"
	"fmt"
	"time"

	"rapport/internal/alarm"
	"rapport/internal/ledger"
)

const (
	lateAfter = time.Hour
	warnAfter = 24 * time.Hour // well before giveUp
)

// An alarmKey names an alarm.
type alarmKey struct{ kind, subject string }

// assess raises and resolves what is seen only by looking at all that is left.
func (e *core) assess(ctx context.Context, now time.Time) error {
	if theirs, known := e.source.time(); known && theirs.Before(now) {
		now = theirs // nothing is late by a clock that is ahead
	}
	still := map[alarmKey]bool{} // another configuration's too: this one cannot say that it is well again
	if err := e.assessPeriods(ctx, now, still); err != nil {
		return err
	}
	if err := e.assessDeliveries(ctx, now, still); err != nil {
		return err
	}
	open, err := e.Ledger.OpenAlarms(ctx, e.Account.ID)
	if err != nil {
		return err
	}
	for _, a := range open {
		switch a.Kind {
		case ledger.AlarmLate, ledger.AlarmWaiting, ledger.AlarmUncertain, ledger.AlarmHeld, ledger.AlarmReconcile, ledger.AlarmLost: // these pass
			if !still[alarmKey{a.Kind, a.Subject}] {
				e.alarms.Resolve(ctx, a.Kind, a.Subject, now)
			}
		}
	}
	return nil
}

func (e *core) assessPeriods(ctx context.Context, now time.Time, still map[alarmKey]bool) error {
	owed, err := e.Ledger.OwedPeriods(ctx, e.Account.ID)
	if err != nil {
		return err
	}
	for _, p := range owed {
		still[alarmKey{ledger.AlarmReconcile, p.Report + " " + p.Name}] = true
		if !p.Due.Add(lateAfter).Before(now) || p.Attempts+p.Crashes == 0 {
			continue
		}
		still[alarmKey{ledger.AlarmLate, p.Report}] = true
		if e.report(p.Report) == nil {
			continue
		}
		e.alarms.Raise(ctx, ledger.AlarmLate, p.Report, now, p.Report, p.Name, alarm.Instant(p.Due), p.Error)
	}
	return nil
}

func (e *core) assessDeliveries(ctx context.Context, now time.Time, still map[alarmKey]bool) error {
	unsent, err := e.Ledger.Unsent(ctx, e.Account.ID)
	if err != nil {
		return err
	}
	for _, row := range unsent {
		still[alarmKey{ledger.AlarmLost, fmt.Sprint(row.ID)}] = true // as far as it is one
		switch row.State {
		case ledger.Held:
			still[alarmKey{ledger.AlarmHeld, fmt.Sprint(row.ID)}] = true
			fallthrough
		case ledger.Uncertain, ledger.Sending:
			still[alarmKey{ledger.AlarmUncertain, fmt.Sprint(row.ID)}] = true
		}
		if row.State == ledger.Held || !row.QueuedAt.Add(warnAfter).Before(now) {
			continue
		}
		still[alarmKey{ledger.AlarmWaiting, mailbox(row.Recipient)}] = true
		if e.report(row.Report) == nil {
			continue
		}
		news := e.alarms.Raise(ctx, ledger.AlarmWaiting, mailbox(row.Recipient), now,
			row.Report, row.Period, row.Recipient, alarm.Instant(row.QueuedAt), alarm.Instant(row.QueuedAt.Add(giveUp)), row.Answer)
		if news {
			e.ping(ctx, e.report(row.Report), pingFail)
		}
	}
	return nil
}
