package machines

import (
	"context"
	"fmt"
	"log/slog"
	"sync/atomic"
	"time"

	"rapport/internal/ledger"
)

const (
	// warnAhead is how far a machine's clock may differ from the ledger's before a log says so,
	// and holdAhead before it plans and makes nothing: it would read a day that is not over.
	warnAhead = 2 * time.Second
	holdAhead = 30 * time.Second
)

// PollInterval is how often a daemon looks at the ledger that would do so every while, 0 for a
// minute: where machines share it, what one that dies leaves is gone on with within seconds.
func PollInterval(l *ledger.Ledger, every time.Duration) time.Duration {
	if every <= 0 {
		every = time.Minute
	}
	if l.Machine() == "" {
		return every
	}
	return min(every, 2*time.Second)
}

// Alarms are what the operator is told.
type Alarms interface {
	Raise(ctx context.Context, kind, subject string, at time.Time, args ...string) (news bool)
	Resolve(ctx context.Context, kind, subject string, at time.Time)
}

// A Watch is how the processes that share a ledger look after each other. The operator is told
// of what no program can mend.
type Watch struct {
	Ledger  *ledger.Ledger
	Account string
	Alarms  Alarms
	Log     *slog.Logger // for what may last
	Clock   bool         // work goes by this machine's clock: nothing is planned or made while that is wrong
	Once    bool         // whoever waits for the end hears of the clock too
	Fault   func(error)

	held atomic.Bool
}

// Held tells whether nothing is to be planned or made. What is made may be sent.
func (w *Watch) Held() bool { return w.held.Load() }

// A ClockError says that this machine's clock is too far from the ledger's.
type ClockError struct{ Ahead time.Duration }

func (e *ClockError) Error() string {
	return fmt.Sprintf("the clock of this machine is %s the ledger's: nothing is planned or made until it is right — is time kept by NTP?", apart(e.Ahead))
}

func apart(ahead time.Duration) string {
	if ahead < 0 {
		return (-ahead).Round(time.Second).String() + " behind"
	}
	return ahead.Round(time.Second).String() + " ahead of"
}

// Look shows that this process is there, and looks at the others, and at the clock. Where no
// other machine shares the ledger nothing is seen.
func (w *Watch) Look(ctx context.Context, now time.Time) error {
	if w.Ledger.Machine() == "" {
		return nil
	}
	if err := w.Ledger.Register(ctx); err != nil {
		return fmt.Errorf("ledger: %w", err)
	}
	if err := w.tellMute(ctx, now); err != nil {
		return err
	}
	ahead, err := w.Ledger.ClockAhead(ctx)
	if err != nil {
		return err
	}
	w.held.Store(w.Clock && ahead.Abs() > holdAhead)
	if ahead.Abs() <= holdAhead {
		w.Alarms.Resolve(ctx, ledger.AlarmMachineClock, w.Ledger.Machine(), now)
		if ahead.Abs() > warnAhead {
			w.Log.Warn("the clock of this machine is "+apart(ahead)+" the ledger's; is time kept by NTP?", "account", w.Account)
		}
		return nil
	}
	w.Alarms.Raise(ctx, ledger.AlarmMachineClock, w.Ledger.Machine(), now, w.Ledger.Host(), ahead.Abs().Round(time.Second).String())
	if w.Clock && w.Once {
		w.Fault(&ClockError{ahead})
	}
	return nil
}

// tellMute tells of processes that have their session and give no sign of life.
func (w *Watch) tellMute(ctx context.Context, now time.Time) error {
	var processes []Process
	err := w.Ledger.Read(ctx, func(t ledger.Tx) (err error) {
		processes, err = readProcesses(t, w.Ledger, now)
		return err
	})
	if err != nil {
		return fmt.Errorf("machines: %w", err)
	}
	mute := map[string]bool{}
	for _, p := range processes {
		if p.State == Mute {
			mute[p.ID] = true
			w.Alarms.Raise(ctx, ledger.AlarmMute, p.ID, now, fmt.Sprint(p.PID), p.Host, p.Heartbeat.Format(time.RFC3339), p.ID)
		}
	}
	open, err := w.Ledger.OpenAlarms(ctx, w.Account)
	if err != nil {
		return fmt.Errorf("ledger: %w", err)
	}
	for _, a := range open {
		if a.Kind == ledger.AlarmMute && !mute[a.Subject] {
			w.Alarms.Resolve(ctx, a.Kind, a.Subject, now)
		}
	}
	return nil
}
