package recheck

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"rapport/internal/builder"
	"rapport/internal/correction"
	"rapport/internal/ledger/corrected"
	"rapport/reportconfig"
)

// confirm reads a period that seems to have changed once more, by itself and as thoroughly as
// for a report: a page that shifted, or an event that only the thorough way finds, is no change.
func (c *Checker) confirm(ctx context.Context, now time.Time, s suspect) (found bool, err error) {
	if s.basis, err = c.basis(ctx, s.Closed, s.Period, s.job.Report, false); err != nil {
		return false, c.unfit(ctx, now, s, err)
	}
	p := partsOf{Checker: c, whole: s, now: now}
	if s.parts, err = p.known(ctx); err != nil {
		if errors.Is(err, errNoPart) {
			err = c.leave(ctx, now, s, err)
		}
		return false, err
	}
	b := *c.Builder
	b.LateEvents, b.Read = nil, nil
	results, err := c.build(ctx, &b, now, []suspect{s})
	if err != nil {
		return false, err
	}
	r := results[0]
	switch {
	case errors.Is(r.Err, correction.ErrTooMany):
		return false, c.tellTooMany(ctx, s, now)
	case r.Err != nil:
		return false, c.leave(ctx, now, s, r.Err)
	}
	ctx = context.WithoutCancel(ctx)
	wholeDiffers := r.Difference.Added+r.Difference.Removed > 0
	found, differ, err := p.record(ctx, s.parts, wholeDiffers)
	switch {
	case err != nil:
		return found, err
	case wholeDiffers:
		some, err := c.record(ctx, now, s, r, true)
		return found || some, err
	case !differ:
		err = c.tables.Summed(ctx, s.PeriodID, r.Form, r.RowSum)
	}
	return found, errors.Join(err, c.tables.Checked(ctx, now, s.PeriodID))
}

// partsOf are the parts of a closed period: reports of their own, that are read with the whole.
type partsOf struct {
	*Checker
	whole suspect
	now   time.Time
	dues  map[string]corrected.Due
}

var errNoPart = errors.New("nobody knows what it is a part of")

// known are the parts that were made, and what they had.
func (p *partsOf) known(ctx context.Context) (map[string]*builder.PartCheck, error) {
	if p.whole.job.Report.Split == "" {
		return nil, nil
	}
	dues, err := p.tables.Parts(ctx, p.Account.ID, p.whole.PeriodID)
	if err != nil {
		return nil, err
	}
	all := map[string]*builder.PartCheck{}
	p.dues = map[string]corrected.Due{}
	for _, d := range dues {
		j, ok := p.Job(d.Period)
		if !ok || j.Report.Part == nil || j.Report.Part.Fault != nil {
			return nil, fmt.Errorf("%s %s: %w", d.Report, d.Name, errNoPart)
		}
		p.dues[j.Report.Part.Value] = d
		all[j.Report.Part.Value] = &builder.PartCheck{
			Job: j, Form: d.Form, Zone: d.Zone, RowSum: d.RowSum,
			Basis: func() (*correction.Basis, error) { return p.basis(ctx, d.Closed, d.Period, j.Report, false) },
		}
	}
	return all, nil
}

// failed tells of a part that cannot be held against its source, as of a whole, where the operator may be
// told of one more. Settled: it will not be the next night either.
func (p *partsOf) failed(ctx context.Context, part suspect, why error, mayTell bool) (settled bool, err error) {
	switch {
	case !mayTell:
	case errors.Is(why, correction.ErrTooMany):
		return true, p.tellTooMany(ctx, part, p.now)
	case errors.Is(why, correction.ErrGone), errors.Is(why, correction.ErrOtherForm):
		part.Suspect = true // the sum of its rows is another
		return true, p.tellGone(ctx, part.Due, why, p.now)
	}
	p.Log.Warn("a part of a closed period could not be held against its source", "account", p.Account.ID, "report", part.Report, "period", part.Name, "error", why)
	return false, nil
}

// mostPartAlarms is of how many parts the operator is told in a night where the whole has no
// change that tells of them.
const mostPartAlarms = 10

// record writes down what has changed in parts. Where the whole has changed too, the operator is
// told of that alone.
func (p *partsOf) record(ctx context.Context, parts map[string]*builder.PartCheck, wholeDiffers bool) (found, differ bool, err error) {
	told := 0
	for _, value := range slices.Sorted(maps.Keys(parts)) {
		one := parts[value]
		if one.Found == nil {
			continue
		}
		d, r := p.dues[value], *one.Found
		if r.Err != nil {
			settled, err := p.failed(ctx, suspect{Due: d, job: one.Job}, r.Err, told < mostPartAlarms)
			if err != nil {
				return found, differ, err
			}
			if settled {
				told++
			}
			differ = differ || !settled // it is asked for again the next night
			continue
		}
		if r.Difference.Added+r.Difference.Removed == 0 {
			if err := p.tables.Summed(ctx, d.PeriodID, r.Form, r.RowSum); err != nil {
				return found, differ, err
			}
			continue
		}
		differ = true
		basis, err := one.Basis()
		if err != nil {
			return found, differ, err
		}
		tell := !wholeDiffers && told < mostPartAlarms || one.Report.Corrections == reportconfig.CorrectRecipients
		told++
		some, err := p.Checker.record(ctx, p.now, suspect{Due: d, job: one.Job, basis: basis}, r, tell)
		if found = found || some; err != nil {
			return found, differ, err
		}
	}
	return found, differ, nil
}
