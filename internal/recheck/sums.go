package recheck

import (
	"context"
	"errors"
	"time"

	"rapport/internal/correction"
	"rapport/internal/report"
)

// summed are those of a batch of which the rows are summed, with what they are summed as.
func (c *Checker) summed(ctx context.Context, now time.Time, batch []suspect) (fit []suspect, err error) {
	for _, s := range batch {
		err := error(nil)
		switch {
		case s.Closed.FilterHash != report.FilterHash(s.job.Report.Data):
			err = errOtherFilters
		case s.RowSum != "":
			s.basis = correction.FormBasis(correction.FormNamed(s.Form), s.Zone)
		default:
			err = c.sum(ctx, &s)
		}
		if err == nil {
			fit = append(fit, s)
		} else if err := c.unfit(ctx, now, s, err); err != nil {
			return nil, err
		}
	}
	return fit, nil
}

// sum reads what a closed period is known to have, once: its sum is kept when it was found to be right.
func (c *Checker) sum(ctx context.Context, s *suspect) error {
	full, err := c.basis(ctx, s.Closed, s.Period, s.job.Report, false)
	if err != nil {
		return err
	}
	kind, err := report.Define(s.job.Report, s.job.Period, nil)
	if err != nil {
		return err
	}
	s.Form, s.Unsummed = full.Form.String(), true
	s.basis = correction.FormBasis(full.Form, s.Zone)
	s.RowSum, err = full.State(kind.Layout())
	return err
}

// unfit says why a period cannot be held against anything.
func (c *Checker) unfit(ctx context.Context, now time.Time, s suspect, why error) error {
	switch {
	case errors.Is(why, correction.ErrGone), errors.Is(why, correction.ErrOtherForm):
		return c.tellGone(ctx, s.Due, why, now)
	case errors.Is(why, errOtherFilters):
		return c.tables.Checked(ctx, now, s.PeriodID)
	}
	return c.leave(ctx, now, s, why)
}

// leave leaves a period that cannot be checked to the next night: it keeps no other from being.
func (c *Checker) leave(ctx context.Context, now time.Time, s suspect, why error) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	c.Log.Warn("a closed period could not be read again", "account", c.Account.ID, "report", s.Report, "period", s.Name, "error", why)
	return c.tables.Checked(ctx, now, s.PeriodID)
}
