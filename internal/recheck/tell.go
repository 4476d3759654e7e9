package recheck

import (
	"context"
	"fmt"
	"strings"
	"time"

	"rapport/internal/alarm"
	"rapport/internal/beforeafter"
	"rapport/internal/builder"
	"rapport/internal/ident"
	"rapport/internal/ledger"
	"rapport/internal/ledger/corrected"
	"rapport/internal/report"
	"rapport/internal/text"
	"rapport/reportconfig"
)

const (
	// mostLines is how many rows of a period the operator is told of at once.
	mostLines = 10
	// oneReturn is how long it takes until it is told again that a period is as it was before.
	oneReturn = 24 * time.Hour
	// mostReturns is how often recipients hear of one period that it is again as it was.
	mostReturns = 2
)

// record writes down what has changed: a correction that is owed to recipients, or what the
// operator is told. A source that goes to and fro is believed once a day, and recipients hear of
// it no more than a few times. Without tell it is known to nobody but the ledger.
func (c *Checker) record(ctx context.Context, now time.Time, s suspect, r builder.Result, tell bool) (found bool, err error) {
	d, before := r.Difference, s.basis.Before
	returns := 0
	for _, b := range before {
		if b.Back {
			returns++
		}
	}
	if n := len(before); d.Back && now.Sub(before[n-1].FoundAt) < oneReturn {
		c.Log.Info("a closed period is again as it was, and is looked at again tomorrow", "account", c.Account.ID, "report", s.Report, "period", s.Name)
		return false, c.tables.Checked(ctx, now, s.PeriodID)
	}
	c.Log.Warn("a closed period changed", "account", c.Account.ID, "report", s.Report, "period", s.Name, "added", d.Added, "removed", d.Removed, "back", d.Back)
	wavers := d.Back && returns >= mostReturns
	if s.job.Report.Corrections == reportconfig.CorrectRecipients && !wavers && !d.Sent {
		err := c.Ledger.Write(ctx, func(t ledger.Tx) error {
			if _, err := corrected.Plan(t, s.Period, s.basis.Number, now); err != nil {
				return err
			}
			return corrected.Checked(t, s.PeriodID, now)
		})
		return err == nil, err
	}
	kind := "rows"
	switch {
	case wavers:
		kind = "wavers"
	case d.Back:
		kind = "back"
	}
	lines, err := c.lines(s, r)
	if err != nil {
		return false, err
	}
	change := corrected.Correction{
		Position: len(before) + 1, FoundAt: now, Added: d.Added, Removed: d.Removed, Back: d.Back, State: d.State, Changes: d.Changes, Totals: totalsOf(r),
	}
	err = c.Ledger.Write(ctx, func(t ledger.Tx) error {
		if err := corrected.Record(t, s.PeriodID, change); err != nil || !tell {
			return err
		}
		return t.Raise(c.alarm(s.Period, now, lines, kind, fmt.Sprint(change.Position)))
	})
	return false, err
}

// lines say which rows changed, and what that does to the totals: the same in every language.
func (c *Checker) lines(s suspect, r builder.Result) (string, error) {
	var lines []string
	rows, more, err := r.Difference.Lines(mostLines)
	if err != nil {
		return "", err
	}
	for _, line := range rows {
		lines = append(lines, text.ForeignLine(line))
	}
	if more > 0 {
		lines = append(lines, fmt.Sprintf("+%d", more))
	}
	kind, err := report.Define(s.job.Report, s.job.Period, nil)
	if err != nil {
		return "", err
	}
	totals, err := beforeafter.Change{Before: s.basis.Totals, After: totalsOf(r)}.Text(kind.Layout())
	if totals != "" {
		lines = append(lines, totals)
	}
	return strings.Join(lines, "; "), err
}

// alarm is what the operator is told of a closed period; which sets apart what is told of one.
func (c *Checker) alarm(p ledger.Period, now time.Time, lines, kind, which string) ledger.Alarm {
	subject := p.Report + " " + p.Name + " " + ident.ShortHash([]string{p.Report, p.Name, kind, which})
	return alarm.Of(c.Account.ID, c.Account.Location, ledger.AlarmChanged, subject, now, p.Report, p.Name, alarm.Instant(p.MadeAt), lines, kind)
}

// tellGone tells once of a suspect period that nobody can say what its report had. One of which
// nothing was seen is left alone.
func (c *Checker) tellGone(ctx context.Context, row corrected.Due, why error, now time.Time) error {
	c.Log.Warn("a closed period cannot be held against its source", "account", c.Account.ID, "report", row.Report, "period", row.Name, "error", why)
	return c.Ledger.Write(ctx, func(t ledger.Tx) error {
		if row.Suspect {
			if err := t.Raise(c.alarm(row.Period, now, text.ForeignLine(why.Error()), "gone", "")); err != nil {
				return err
			}
		}
		return corrected.Checked(t, row.PeriodID, now)
	})
}

// tellTooMany tells of a period of which so much changed that it is another report.
func (c *Checker) tellTooMany(ctx context.Context, s suspect, now time.Time) error {
	return c.Ledger.Write(ctx, func(t ledger.Tx) error {
		if err := t.Raise(c.alarm(s.Period, now, "", "many", "")); err != nil {
			return err
		}
		return corrected.Checked(t, s.PeriodID, now)
	})
}
