package insight

import (
	"context"
	"errors"
	"slices"
	"time"

	"rapport/internal/ledger/served"
	"rapport/reportconfig"
)

const (
	firstDays = 35               // that are read before anybody asks
	sweepHour = 3 * time.Hour    // after midnight UTC: what came late of the last days is read again
	sweepLife = 30 * time.Minute // of the duty; a long reading takes as long
	sweepDuty = "kpi"
)

// SweepFigures reads, for each account whose figures a client may ask for, the last 35 days when
// none was read yet, and each night the last days again. Of the processes that share a ledger
// one does, which is named by holder.
func (s *Server) SweepFigures(ctx context.Context, holder string) {
	for _, a := range s.accounts {
		if ctx.Err() != nil || !a.hasReader() {
			continue
		}
		if err := a.sweep(ctx, s, holder); err != nil && ctx.Err() == nil {
			a.Log.Warn("key figures of the last days", "account", a.Config.Account, "error", err)
		}
	}
}

// hasReader tells whether there is a client that may ask for figures.
func (a *account) hasReader() bool {
	return slices.ContainsFunc(a.Config.Web.Clients, func(c reportconfig.Client) bool {
		return slices.Contains(c.Scopes, reportconfig.ReadInsight) || slices.Contains(c.Scopes, reportconfig.AdminInsight)
	})
}

func (a *account) sweep(ctx context.Context, s *Server, holder string) error {
	now := s.Now()
	var c served.Coverage
	mine := false
	err := a.use(func() (err error) {
		if c, err = a.Coverage(ctx, a.Config.Account); err != nil || !isSweepDue(c, now) {
			return err
		}
		mine, err = a.TakeDuty(ctx, a.Config.Account, sweepDuty, holder, now, now.Add(sweepLife))
		return err
	})
	if err != nil || !mine {
		return err
	}
	from := c.From
	if c.ReadAt.IsZero() {
		from = now.UTC().Truncate(day).AddDate(0, 0, -firstDays)
	}
	today := now.UTC().Truncate(day)
	for days := int(today.Sub(from) / day); ; days /= 2 { // fewer days where there is too much in them
		r := a.figures.begin(s, today.AddDate(0, 0, -days))
		select {
		case <-r.done:
			err = r.err
		case <-ctx.Done():
			return ctx.Err()
		}
		if !errors.Is(err, errTooMuch) || days <= 1 {
			break
		}
	}
	dropped := a.use(func() error { return a.DropDuty(context.WithoutCancel(ctx), a.Config.Account, sweepDuty, holder) })
	if err == nil {
		err = dropped
	}
	return err
}

// isSweepDue tells whether nothing was read yet, or not since the last night.
func isSweepDue(c served.Coverage, now time.Time) bool {
	night := now.UTC().Add(-sweepHour).Truncate(day).Add(sweepHour)
	return c.ReadAt.IsZero() || c.ReadAt.Before(night)
}
