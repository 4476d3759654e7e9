package engine

import (
	"context"
	"fmt"
	"slices"
	"strings"
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
func (h *housekeeper) assess(ctx context.Context, now time.Time) error {
	defer h.alarms.Group()()
	if theirs, known := h.source.Time(); known && theirs.Before(now) {
		now = theirs // nothing is late by a clock that is ahead
	}
	open, err := h.Ledger.OpenAlarms(ctx, h.Account.ID)
	if err != nil {
		return err
	}
	still := map[alarmKey]bool{} // another configuration's too: this one cannot say that it is well again
	if err := h.assessPeriods(ctx, now, still); err != nil {
		return err
	}
	unsent, err := h.Ledger.Unsent(ctx, h.Account.ID)
	if err != nil {
		return err
	}
	h.assessDeliveries(ctx, now, unsent, still)
	for _, a := range open {
		if passes(a.Kind) && !still[alarmKey{a.Kind, a.Subject}] || h.relayTakesAgain(a, unsent) {
			h.alarms.Resolve(ctx, a.Kind, a.Subject, now)
		}
	}
	return nil
}

// resolveRestored resolves the alarm of a restore that was told, when nothing is left of which
// nobody knows what became of it before.
func (h *housekeeper) resolveRestored(ctx context.Context, now time.Time) error {
	open, err := h.Ledger.OpenAlarms(ctx, h.Account.ID)
	if err != nil || !slices.ContainsFunc(open, func(a ledger.Alarm) bool { return a.Kind == ledger.AlarmRestored && !a.Notified.IsZero() }) {
		return err
	}
	owed, err := h.Ledger.OwedPeriods(ctx, h.Account.ID)
	if err != nil || slices.ContainsFunc(owed, func(row ledger.Period) bool { return row.InDoubt }) {
		return err
	}
	unsent, err := h.Ledger.Unsent(ctx, h.Account.ID)
	if err != nil || slices.ContainsFunc(unsent, func(row ledger.Delivery) bool { return row.InDoubt }) {
		return err
	}
	h.alarms.Resolve(ctx, ledger.AlarmRestored, h.Account.ID, now)
	return nil
}

// passes tells whether an alarm is resolved by looking at what is left.
func passes(kind string) bool {
	return slices.Contains([]string{ledger.AlarmLate, ledger.AlarmWaiting, ledger.AlarmUncertain, ledger.AlarmHeld, ledger.AlarmReconcile, ledger.AlarmLost}, kind)
}

// relayTakesAgain tells whether an alarm is of an answer of our relay that no message waits
// for any more.
func (h *housekeeper) relayTakesAgain(a ledger.Alarm, unsent []ledger.Delivery) bool {
	answer, ours := strings.CutPrefix(a.Subject, h.relaySubject()+" ")
	return a.Kind == ledger.AlarmRelay && ours && !slices.ContainsFunc(unsent, func(row ledger.Delivery) bool { return strings.Contains(row.Answer, answer) })
}

func (h *housekeeper) assessPeriods(ctx context.Context, now time.Time, still map[alarmKey]bool) error {
	owed, err := h.Ledger.OwedPeriods(ctx, h.Account.ID)
	if err != nil {
		return err
	}
	for _, p := range owed {
		still[alarmKey{ledger.AlarmReconcile, p.Report + " " + p.Name}] = true
		tries := p.Attempts + p.Crashes
		if p.Claimed {
			tries-- // another machine is at its first
		}
		if !p.Due.Add(lateAfter).Before(now) || tries == 0 {
			continue
		}
		still[alarmKey{ledger.AlarmLate, p.Report}] = true
		if h.report(p.Report) == nil {
			continue
		}
		h.alarms.Raise(ctx, ledger.AlarmLate, p.Report, now, p.Report, p.Name, alarm.Instant(p.Due), p.Error)
	}
	return nil
}

func (h *housekeeper) assessDeliveries(ctx context.Context, now time.Time, unsent []ledger.Delivery, still map[alarmKey]bool) {
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
		if h.report(row.Report) == nil {
			continue
		}
		news := h.alarms.Raise(ctx, ledger.AlarmWaiting, mailbox(row.Recipient), now,
			row.Report, row.Period, row.Recipient, alarm.Instant(row.QueuedAt), alarm.Instant(row.QueuedAt.Add(giveUp)), row.Answer)
		if news {
			h.ping(ctx, h.report(row.Report), pingFail)
		}
	}
}

// Hold tells the operator that nothing is started any more, as the clock jumped.
func (e *Engine) Hold(ctx context.Context, now time.Time, jump time.Duration) {
	e.alarms.Raise(ctx, ledger.AlarmClock, e.Account.ID, now, jump.Round(time.Minute).String())
	if _, err := e.alarms.Notify(ctx, now); err != nil {
		e.faults.add(fmt.Errorf("alarms: %w", err))
	}
}
