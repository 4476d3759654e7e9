package engine

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"rapport/internal/builder"
	"rapport/internal/ledger"
	"rapport/internal/report"
	"rapport/internal/sourceclock"
)

// remakeEarly makes those periods owed again that were made before they were over: by a clock
// that was wrong, as we know by one that the source bears out.
func (p *planner) remakeEarly(ctx context.Context, now time.Time) error {
	theirs, known := p.source.Time()
	if !known || !p.RealClock || now.Sub(theirs).Abs() > sourceclock.Warning {
		return nil
	}
	rows, err := p.Ledger.MadeEarly(ctx, p.Account.ID, p.Path, now)
	if err != nil {
		return fmt.Errorf("ledger: %w", err)
	}
	for _, row := range rows {
		var state *ledger.StateError
		err := p.Ledger.Remake(ctx, row.ID, ledger.RemakeEarly, now)
		if errors.As(err, &state) {
			continue // a message of it is on its way: later
		}
		if err != nil {
			return fmt.Errorf("ledger: %w", err)
		}
		p.Log.Warn("a period was made before it was over, and is made again when it is", "account", p.Account.ID, "report", row.Report, "period", row.Name)
	}
	return nil
}

// A lostError says that what a message is composed of is not there as it was made.
type lostError struct{ err error }

func (e *lostError) Error() string { return e.err.Error() }
func (e *lostError) Unwrap() error { return e.err }

// remakeLost has a period made again whose files were lost before all messages left, for those
// of whom nothing did. The others are told of.
func (s *sender) remakeLost(ctx context.Context, j report.Job, row ledger.Delivery, now time.Time) {
	if row.Begun || j.IsCorrection() { // what it said was said of rows as they were then
		s.raiseLost(ctx, j, row, now)
		return
	}
	err := s.Ledger.Remake(context.WithoutCancel(ctx), row.PeriodID, ledger.RemakeLost, now)
	var state *ledger.StateError
	switch {
	case errors.As(err, &state): // it is being made again already
	case err != nil:
		s.faults.addLedger(err)
	default:
		s.event(j, builder.Event{
			Type: "report", State: builder.Waiting, Level: slog.LevelWarn,
			Error: fmt.Sprintf("report %s: %s: its files are lost, and it is made again for those who did not get it", j.Report.ID, j.PeriodName()),
		})
		s.madeAgain()
	}
}

// raiseLost tells at once of a message that nobody can send again.
func (s *sender) raiseLost(ctx context.Context, j report.Job, row ledger.Delivery, now time.Time) {
	s.alarms.Raise(ctx, ledger.AlarmLost, fmt.Sprint(row.ID), now, j.Report.ID, j.PeriodName(), row.Recipient, fmt.Sprint(row.ID))
}
