// Package parts makes the parts of a report that is split beside the whole: it knows which were
// made before and with which number each goes on, has their messages frozen, and writes all of a
// period down at once, or nothing. It refuses to let a part out before the whole is made, and to
// touch one that is made already. It renders nothing and sends nothing.
package parts

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"rapport/internal/archive"
	"rapport/internal/builder"
	"rapport/internal/durable"
	"rapport/internal/ledger"
	"rapport/internal/report"
	"rapport/internal/split"
	"rapport/internal/statement"
)

// Ledger is what is asked of a ledger. *ledger.Ledger is one.
type Ledger interface {
	statement.History
	PartSlugs(ctx context.Context, account, report string) (map[string]string, error)
	RecordSplit(context.Context, ledger.Claim, ledger.MadePeriod, Sequence) error
}

// A Making is the parts of one period on their way to be made.
type Making struct {
	Account, Archive string
	Ledger           Ledger
	Whole            ledger.Period                                           // as it was claimed
	Job              report.Job                                              // of the whole
	Freeze           func(builder.Result, string) (ledger.MadePeriod, error) // writes the messages of a part into its directory
	Context          context.Context

	plan  *split.Plan
	spool *spool
	mu    sync.Mutex
	jobs  []report.Job // those whose files are written
}

// Begin reads who gets which part. The caller Closes what it gives.
func (m *Making) Begin(dir string) (err error) {
	slugs, err := m.Ledger.PartSlugs(m.Context, m.Account, m.Job.Report.ID)
	if err != nil {
		return err
	}
	if m.plan, err = split.NewPlan(m.Job.Report, slugs); err != nil {
		return err
	}
	m.spool, err = newSpool(dir)
	return err
}

// Split is what a builder makes the parts with; nil of what is not split.
func (m *Making) Split() *builder.Split {
	if m == nil {
		return nil
	}
	return &builder.Split{Plan: m.plan, Begin: m.begin, Made: m.made}
}

func (m *Making) periodDir(j report.Job) string {
	return archive.PeriodDir(m.Archive, j.Report.ID, j.PeriodName())
}

func (m *Making) stage(j report.Job) string {
	return filepath.Join(m.periodDir(j), archive.OutgoingDir+".new")
}

// begin prepares a part to be made, unless it was.
func (m *Making) begin(j report.Job) (r builder.Request, wanted bool, err error) {
	key := statement.KeyOf(m.Account, j)
	if _, found, err := m.Ledger.Period(m.Context, key); err != nil || found {
		return r, false, err
	}
	held, err := archive.Holds(m.periodDir(j), j.PeriodName())
	if err != nil {
		return r, false, err
	}
	number, err := m.Ledger.NextNumber(m.Context, key)
	if err != nil {
		return r, false, err
	}
	ahead := 0
	if number == 1 { // the ledger does not know it, and the archive may
		before, err := archive.Periods(archive.ReportDir(m.Archive, j.Report.ID))
		if err != nil {
			return r, false, err
		}
		ahead = len(slices.DeleteFunc(before, func(period string) bool { return period == j.PeriodName() }))
	}
	if held {
		p := m.part(j, number+ahead)
		p.State, p.Note = ledger.Archived, "the archive holds it, and the ledger did not; it counts as sent"
		return r, false, m.spool.add(p)
	}
	dir := m.stage(j)
	if err := errors.Join(os.RemoveAll(dir), durable.MkdirAll(dir)); err != nil {
		return r, false, err
	}
	return builder.Request{Job: j, Dir: dir, Ahead: ahead}, true, nil
}

// part is what the ledger is told of one.
func (m *Making) part(j report.Job, number int) ledger.MadePart {
	w := m.Whole
	return ledger.MadePart{
		Planned: ledger.Planned{
			Key: statement.KeyOf(m.Account, j), Name: w.Name, Schedule: w.Schedule, Config: w.Config, Due: w.Due, State: ledger.Made, Number: number, InDoubt: w.InDoubt,
		},
		Slug: m.plan.Slug(j.Report.Part.Value), Value: j.Report.Part.Value,
	}
}

// made freezes the messages of a part.
func (m *Making) made(r builder.Result) error {
	dir := m.stage(r.Job)
	done, err := m.Freeze(r, dir)
	if err == nil {
		err = durable.SyncDir(dir)
	}
	if err != nil {
		return err
	}
	p := m.part(r.Job, r.Number)
	p.MadePeriod = done
	m.mu.Lock()
	m.jobs = append(m.jobs, r.Job)
	m.mu.Unlock()
	return m.spool.add(p)
}

// Record writes the whole and its parts down. With an error the ledger may have all of it, or
// nothing.
func (m *Making) Record(ctx context.Context, done ledger.MadePeriod) error {
	slices.SortFunc(m.jobs, func(a, b report.Job) int { return strings.Compare(a.Report.ID, b.Report.ID) })
	for _, j := range m.jobs {
		final := filepath.Join(m.periodDir(j), archive.OutgoingDir)
		if err := os.RemoveAll(final); err != nil { // what is there was never recorded
			return err
		}
		if err := durable.Rename(m.stage(j), final); err != nil {
			return err
		}
	}
	return m.Ledger.RecordSplit(ctx, m.Whole.Claim, done, m.spool.all())
}

// Jobs are those that were made.
func (m *Making) Jobs() []report.Job {
	if m == nil {
		return nil
	}
	return m.jobs
}

// Drop removes what was written of parts that are not made.
func (m *Making) Drop() (err error) {
	if m == nil {
		return nil
	}
	for _, j := range m.jobs {
		dir := m.periodDir(j)
		err = errors.Join(err, os.RemoveAll(m.stage(j)), durable.RemoveEmpty(dir, filepath.Dir(dir)))
	}
	return err
}

// Close lets go of what is kept for the ledger.
func (m *Making) Close() error {
	if m == nil || m.spool == nil {
		return nil
	}
	return m.spool.Close()
}
