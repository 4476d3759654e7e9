package recheck

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"time"

	"rapport/internal/builder"
	"rapport/internal/correction"
	"rapport/internal/ledger/corrected"
	"rapport/internal/report"
	"rapport/reportconfig"
)

// mostTogether is how many periods share one reading.
const mostTogether = 256

// A suspect is a closed period that is being checked.
type suspect struct {
	corrected.Due
	job   report.Job
	basis *correction.Basis
	parts map[string]*builder.PartCheck // by what they are about; only where it is read a second time
}

// Round reads the next closed periods again that are due for it and of reports that are chosen:
// as many as share one reading, or all. It tells whether something is to be made now, and whether
// more is due within tonight's budget.
func (c *Checker) Round(ctx context.Context, now time.Time, all bool, chosen func(report string) bool) (found, more bool, err error) {
	c.suspects.Store(false) // they are in the ledger
	if mine, err := c.duty.take(ctx, now, now.Add(c.Time+time.Minute), all); err != nil || !mine {
		c.next.Store(now.Add(otherRounds).UnixMilli())
		return false, false, err
	}
	defer func() {
		if !more {
			err = errors.Join(err, c.duty.drop(ctx, all))
		}
	}()
	ctx, cancel := context.WithTimeoutCause(ctx, c.Time, errNightIsOver)
	defer cancel()
	night := c.night(now)
	due, err := c.due(ctx, now, night, chosen)
	if err != nil {
		return false, false, err
	}
	begun := false
	for len(due) > 0 {
		if begun && !all {
			return found, true, nil
		}
		if spent, err := c.spent(ctx, night, now); err != nil || spent {
			c.rest(now)
			return found, false, err
		}
		var batch []suspect
		batch, due = c.together(due)
		begun = true
		some, err := c.check(ctx, now, night, batch)
		found = found || some
		if err != nil && errors.Is(context.Cause(ctx), errNightIsOver) {
			c.Log.Info("closed periods that were not read tonight are read the next night", "account", c.Account.ID)
			err = nil
			due = nil
		}
		if err != nil {
			c.rest(now)
			return found, false, err
		}
	}
	c.rest(now)
	return found, false, c.tables.Forget(ctx, c.Account.ID, now.Add(-c.Catchup-keptLonger))
}

var errNightIsOver = errors.New("reading closed periods again takes too long for one night")

// keptLonger is how long what a check needs is kept after the last one.
const keptLonger = 7 * 24 * time.Hour

// spent tells whether tonight's budget is used up.
func (c *Checker) spent(ctx context.Context, night, now time.Time) (bool, error) {
	things, err := c.tables.Spent(ctx, c.Account.ID, night)
	return err != nil || c.Things > 0 && things >= c.Things, err
}

// changedSource is a source that knows when it changed last, as files do.
type changedSource interface{ ChangedAt() (time.Time, error) }

// due are the periods to be checked.
func (c *Checker) due(ctx context.Context, now, night time.Time, chosen func(string) bool) (out []suspect, err error) {
	before := night
	if c.Eager {
		before = now.Add(time.Millisecond)
	}
	if s, ok := c.Builder.Source.(changedSource); ok {
		if at, err := s.ChangedAt(); err == nil && at.After(before) && !at.After(now) { // by a clock that is ahead all would be due for ever
			before = at
		}
	}
	rows, err := c.tables.DuePeriods(ctx, c.Account.ID, now.Add(-c.Catchup), before)
	if err != nil {
		return nil, err
	}
	for _, row := range rows {
		j, ok := c.Job(row.Period)
		if ok && chosen(row.Report) && j.Report.Corrections != reportconfig.CorrectionsOff && j.Report.Corrections != "" {
			out = append(out, suspect{Due: row, job: j})
		}
	}
	return out, nil
}

// together takes those out that share a reading: what lies within the longest of the periods that
// are due, or all where a source tells everything at once.
func (c *Checker) together(due []suspect) (batch, rest []suspect) {
	first := due[0]
	for _, s := range due {
		if s.Suspect == first.Suspect && s.To.Sub(s.From) > first.To.Sub(first.From) {
			first = s
		}
	}
	_, whole := c.Builder.Source.(changedSource)
	for _, s := range due {
		kind := s.job.Report.Data.DataType()
		same := kind == first.job.Report.Data.DataType()
		within := whole || kind != reportconfig.CheckoutTransactions || !s.From.Before(first.From) && !s.To.After(first.To)
		if same && within && len(batch) < mostTogether {
			batch = append(batch, s)
		} else {
			rest = append(rest, s)
		}
	}
	return batch, rest
}

// check reads the source once for a batch. Most of it is as it was, which sums of rows say: files
// are opened and written only for what seems to have changed.
func (c *Checker) check(ctx context.Context, now, night time.Time, batch []suspect) (found bool, err error) {
	if batch, err = c.summed(ctx, now, batch); err != nil || len(batch) == 0 {
		return false, err
	}
	source := &countedSource{source: c.Builder.Source}
	b := *c.Builder
	b.Source, b.LateEvents, b.Read = source, nil, nil
	results, err := c.build(ctx, &b, now, batch)
	if err != nil {
		return false, err
	}
	if c.Things > 0 { // else there is no budget
		if err := c.tables.Spend(context.WithoutCancel(ctx), c.Account.ID, night, source.things+1); err != nil {
			return false, err
		}
	}
	var same []corrected.Closed
	var errs []error
	failed := 0
	for i, r := range results {
		switch s := batch[i]; {
		case r.Err != nil:
			if failed++; failed == len(results) { // all: it is the source's
				errs = append(errs, r.Err)
			}
			errs = append(errs, c.leave(ctx, now, s, r.Err))
		case r.RowSum == s.RowSum:
			same = append(same, s.Closed)
		default:
			some, err := c.confirm(ctx, now, s)
			found, errs = found || some, append(errs, err)
		}
	}
	return found, errors.Join(append(errs, c.tables.Same(context.WithoutCancel(ctx), now, same))...)
}

// build makes the rows of a batch anew: of one, or of several that are only summed, in one directory.
func (c *Checker) build(ctx context.Context, b *builder.Builder, now time.Time, batch []suspect) (results []builder.Result, err error) {
	if err := os.MkdirAll(c.Archive.Dir, 0o750); err != nil {
		return nil, err
	}
	sweep(c.Config, now)
	dir, err := os.MkdirTemp(c.Archive.Dir, checkDir)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	var requests []builder.Request
	for _, s := range batch {
		requests = append(requests, builder.Request{Job: s.job, Dir: dir, Correct: s.basis, CheckOnly: true, CheckParts: s.parts})
	}
	return b.Build(ctx, now, requests), nil
}

// checkDir begins the names of directories in the archive for rows that are compared.
const checkDir = ".recheck-"

// sweep removes what a process that died has left of its comparing.
func sweep(c Config, now time.Time) {
	left, err := filepath.Glob(c.Archive.Path(checkDir + "*"))
	for _, dir := range left {
		if info, err2 := os.Stat(dir); err2 == nil && now.Sub(info.ModTime()) > 24*time.Hour {
			err = errors.Join(err, os.RemoveAll(dir))
		}
	}
	if err != nil {
		c.Log.Warn("what a check has left stays in the archive", "account", c.Account.ID, "error", err)
	}
}
