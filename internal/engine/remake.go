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
)

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
