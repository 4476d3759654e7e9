package engine

import (
	"context"
	"fmt"
	"sync"
	"time"

	"rapport/internal/ledger"
)

const (
	lateAfter     = time.Hour
	warnAfter     = 24 * time.Hour // well before giveUp
	alarmPause    = 5 * time.Minute
	maxAlarmsMail = 50 // lines of a mail
)

type alarmKey struct{ kind, subject string }

// alarms are what the operator is told of, once, and once more when it is well again.
// Recipients of reports never hear of it.
type alarms struct {
	Config
	faults  *faults
	pending *pendingWrites

	mu   sync.Mutex
	open map[alarmKey]bool // as far as is known: resolving another one asks nobody
}

// raise opens an alarm, and writes it to the log.
func (a *alarms) raise(ctx context.Context, kind, subject, text string, at time.Time) {
	a.Log.Info("alarm", "account", a.Account.ID, "kind", kind, "subject", subject, "text", text)
	if err := a.raiseQuietly(ctx, kind, subject, text, at); err != nil {
		a.faults.addLedger(err)
	}
}

// raiseQuietly is for what is found anew each time that somebody looks.
func (a *alarms) raiseQuietly(ctx context.Context, kind, subject, text string, at time.Time) error {
	a.mu.Lock()
	a.open[alarmKey{kind, subject}] = true
	a.mu.Unlock()
	return a.Ledger.Raise(context.WithoutCancel(ctx), a.Account.ID, kind, subject, text, at)
}

// resolve says that it is well again, if it was not.
func (a *alarms) resolve(ctx context.Context, kind, subject string, at time.Time) {
	key := alarmKey{kind, subject}
	a.mu.Lock()
	open := a.open[key]
	delete(a.open, key)
	a.mu.Unlock()
	if !open {
		return
	}
	if err := a.Ledger.Resolve(context.WithoutCancel(ctx), a.Account.ID, kind, subject, at); err != nil {
		a.faults.addLedger(err)
	}
}

// refresh learns which alarms are open, of an earlier process or of another one.
func (a *alarms) refresh(ctx context.Context) error {
	list, err := a.Ledger.OpenAlarms(ctx, a.Account.ID)
	if err != nil {
		return fmt.Errorf("ledger: %w", err)
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, one := range list {
		a.open[alarmKey{one.Kind, one.Subject}] = true
	}
	return nil
}

// assess raises and resolves what is seen only by looking at all that is left.
func (e *core) assess(ctx context.Context, now time.Time) error {
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
		case ledger.AlarmLate, ledger.AlarmWaiting, ledger.AlarmUncertain, ledger.AlarmHeld, ledger.AlarmReconcile: // these pass
			if !still[alarmKey{a.Kind, a.Subject}] {
				e.alarms.resolve(ctx, a.Kind, a.Subject, now)
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
		text := fmt.Sprintf("%s %s was due %s: %s", p.Report, p.Name, e.local(p.Due), p.Error)
		if err := e.alarms.raiseQuietly(ctx, ledger.AlarmLate, p.Report, text, now); err != nil {
			return err
		}
	}
	return nil
}

func (e *core) assessDeliveries(ctx context.Context, now time.Time, still map[alarmKey]bool) error {
	unsent, err := e.Ledger.Unsent(ctx, e.Account.ID)
	if err != nil {
		return err
	}
	for _, row := range unsent {
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
		text := fmt.Sprintf("%s %s to %s waits since %s and is given up on %s: %s",
			row.Report, row.Period, row.Recipient, e.local(row.QueuedAt), e.local(row.QueuedAt.Add(giveUp)), row.Answer)
		if err := e.alarms.raiseQuietly(ctx, ledger.AlarmWaiting, mailbox(row.Recipient), text, now); err != nil {
			return err
		}
	}
	return nil
}
