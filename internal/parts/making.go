// Package parts makes the parts of a report that is split beside the whole: it knows which were
// made before and with which number each goes on, has their messages frozen, and writes all of a
// period down at once, or nothing. It refuses to let a part out before the whole is made, and to
// touch one that is made already. It renders nothing and sends nothing.
package parts

import (
	"context"
	"errors"
	"os"
	"path"
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

// A Making is the parts of one period on their way to be made.
type Making struct {
	ctx     context.Context // of what asks the ledger while they are made
	archive archive.Archive
	whole   ledger.Period // as it was claimed
	freeze  Freezer

	plan  *split.Plan
	known known
	spool *spool
	mu    sync.Mutex
	jobs  []report.Job // those whose files are written
}

// A Freezer writes the messages of a part into its directory.
type Freezer func(made builder.Result, dir string) (ledger.MadePeriod, error)

// Begin prepares the parts of a claimed period of a report that is split: it reads who gets which.
// Of one that is not split there are none, nil; of a part by itself it must be known who gets it.
// The caller Closes what it gives, which keeps something in dir.
func Begin(ctx context.Context, l *ledger.Ledger, a archive.Archive, whole ledger.Period, j report.Job, dir string, freeze Freezer) (*Making, error) {
	if j.Report.Part != nil {
		return nil, j.Report.Part.Fault
	}
	if j.Report.Split == "" {
		return nil, nil
	}
	slugs, err := Slugs(ctx, l, whole.Account, j.Report.ID)
	if err != nil {
		return nil, err
	}
	m := &Making{ctx: ctx, archive: a, whole: whole, freeze: freeze}
	if m.plan, err = split.NewPlan(j.Report, slugs); err != nil {
		return nil, err
	}
	if m.known, err = readKnown(ctx, l, whole.Key); err != nil {
		return nil, err
	}
	m.spool, err = newSpool(dir)
	return m, err
}

// Split is what a builder makes the parts with; nil of what is not split.
func (m *Making) Split() *builder.Split {
	if m == nil {
		return nil
	}
	return &builder.Split{Plan: m.plan, Begin: m.begin, Made: m.made}
}

func periodKey(j report.Job) string { return archive.PeriodKey(j.Report.ID, j.PeriodName()) }

// stage is where a part is put into the archive: under the attempt at the whole.
func (m *Making) stage(j report.Job) string {
	return path.Join(periodKey(j), archive.Outgoing(m.whole.Claim.Attempt(), 0))
}

// begin prepares a part to be made, unless it was.
func (m *Making) begin(j report.Job) (r builder.Request, wanted bool, err error) {
	if m.known.periods[j.Report.ID] {
		return r, false, nil
	}
	held, err := m.archive.Holds(m.ctx, j.Report.ID, j.PeriodName())
	if err != nil {
		return r, false, err
	}
	number, ahead := m.known.numbers[j.Report.ID]+1, 0
	if number == 1 { // the ledger does not know it, and the archive may
		before, err := m.archive.Periods(m.ctx, j.Report.ID)
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
	if err := m.archive.Begin(periodKey(j), m.stage(j)); err != nil {
		return r, false, err
	}
	return builder.Request{Job: j, Dir: m.archive.Path(m.stage(j)), Ahead: ahead}, true, nil
}

// part is what the ledger is told of one.
func (m *Making) part(j report.Job, number int) ledger.MadePart {
	w := m.whole
	return ledger.MadePart{
		Planned: ledger.Planned{
			Key: statement.KeyOf(m.whole.Account, j), Name: w.Name, Schedule: w.Schedule, Config: w.Config, Due: w.Due, State: ledger.Made, Number: number, InDoubt: w.InDoubt,
		},
		Slug: m.plan.Slug(j.Report.Part.Value), Value: j.Report.Part.Value,
	}
}

// made freezes the messages of a part.
func (m *Making) made(r builder.Result) error {
	dir := m.archive.Path(m.stage(r.Job))
	done, err := m.freeze(r, dir)
	if err == nil {
		err = archive.WriteSeal(dir, m.whole.Account, r.Number, r.Now, r.Files)
	}
	if err == nil {
		err = durable.SyncDir(dir)
	}
	if err == nil {
		err = m.archive.PutAttempt(m.ctx, m.stage(r.Job))
	}
	if err != nil {
		return err
	}
	p := m.part(r.Job, r.Number)
	p.MadePeriod = done
	m.mu.Lock()
	r.Attempt = m.whole.Claim.Attempt()
	m.jobs = append(m.jobs, r.Job)
	m.mu.Unlock()
	return m.spool.add(p)
}

// Record writes the whole down, and its parts if it has some. With an error the ledger may have
// all of it, or nothing.
func (m *Making) Record(ctx context.Context, l *ledger.Ledger, whole ledger.Claim, done ledger.MadePeriod) error {
	if m == nil {
		return l.RecordMade(ctx, whole, done)
	}
	slices.SortFunc(m.jobs, func(a, b report.Job) int { return strings.Compare(a.Report.ID, b.Report.ID) })
	return l.RecordSplit(ctx, whole, done, m.spool.all())
}

// jobsAtOnce is how many parts are put to their places side by side: the disk makes names durable
// that belong to several of them in one go.
const jobsAtOnce = 8

// EachJob calls do for those that were made, several at once.
func (m *Making) EachJob(do func(report.Job)) {
	if m == nil {
		return
	}
	var workers sync.WaitGroup
	for first := range min(jobsAtOnce, len(m.jobs)) {
		workers.Go(func() {
			for i := first; i < len(m.jobs); i += jobsAtOnce {
				do(m.jobs[i])
			}
		})
	}
	workers.Wait()
}

// Drop removes what was written of parts that are not made.
func (m *Making) Drop() (err error) {
	if m == nil {
		return nil
	}
	for _, j := range m.jobs {
		stage := m.archive.Path(m.stage(j))
		dir := m.archive.Path(periodKey(j))
		err = errors.Join(err, os.RemoveAll(stage), durable.RemoveEmpty(filepath.Dir(stage), dir, filepath.Dir(dir)))
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
