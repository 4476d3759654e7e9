package builder

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"sync"

	"rapport/internal/content"
	"rapport/internal/report"
	"rapport/internal/split"
)

// A Split is what the parts of a report are, and where they go.
type Split struct {
	Plan *split.Plan
	// Begin says where a part is written, and how many of it are tried before it that have no
	// number yet. One that is not wanted is there already. It is called by several at once.
	Begin func(report.Job) (r Request, wanted bool, err error)
	// Made takes a part whose files are written. It is called by several at once. All are made
	// before the whole is, or the whole is not.
	Made func(Result) error
}

// sheetOf adds up the parts of a build, whose own totals are known.
func (b *build) sheetOf(plan *split.Plan) (*split.Sheet, error) {
	data, values := b.job.Report.Data, b.rows.PartValues()
	sums := map[split.Sum]report.PartSum{}
	var row report.Row
	for packed, err := range b.rows.PartRows() {
		if err == nil {
			err = packed.Read(b.rows.Zone, &row)
		}
		if err != nil {
			return nil, err
		}
		if row.IsBeside() {
			continue
		}
		err = report.PartSums(data, &row, func(amount content.Value, refund bool) error {
			key := split.Sum{Value: values[packed.Part], Currency: string(amount.Code)}
			sum, err := sums[key].Plus(amount.Number, refund)
			if _, known := sums[key]; !known {
				key.Currency = strings.Clone(key.Currency) // it may be a part of a row
			}
			sums[key] = sum
			return err
		})
		if err != nil {
			return nil, fmt.Errorf("parts: %w", err)
		}
	}
	return split.NewSheet(plan, values, sums, report.WholeSums(data, b.figures.Totals))
}

// A partWriter writes the parts of one report, several at once.
type partWriter struct {
	*Builder
	whole *build
	split *Split

	mu    sync.Mutex
	first error // that a part met: no other is begun
}

// writeParts writes the parts of a build: those that have rows as they come, then the others.
func (r *Builder) writeParts(ctx context.Context, b *build, s *Split, sheet *split.Sheet) error {
	w := &partWriter{Builder: r, whole: b, split: s}
	for _, value := range sheet.Values { // those of the clashing names that come first are told from the others by them
		s.Plan.Slug(value)
	}
	n := runtime.GOMAXPROCS(0)
	idle := make(chan *report.Collector, n)
	for range n {
		c := report.NewPartCollector(b.dir, b.rows.Zone)
		defer func() { _ = c.Close() }() // what it holds is in another one too
		idle <- c
	}
	var running sync.WaitGroup
	begin := func(value string, c *report.Collector) {
		running.Go(func() {
			err := Recover(func() error { return w.write(ctx, value, c) })
			w.note(errors.Join(err, c.Reset()))
			idle <- c
		})
	}
	err := w.each(ctx, idle, begin)
	if err == nil {
		for _, line := range sheet.Parts {
			if !line.Rows && w.fault(ctx) == nil {
				begin(line.Value, <-idle)
			}
		}
	}
	running.Wait()
	return errors.Join(err, w.fault(ctx))
}

// each hands over the rows of one part after the other.
func (w *partWriter) each(ctx context.Context, idle chan *report.Collector, begin func(string, *report.Collector)) error {
	values := w.whole.rows.PartValues()
	var c *report.Collector
	part := uint32(0)
	for row, err := range w.whole.rows.PartRows() {
		if err != nil {
			return err
		}
		if values[row.Part] == "" {
			continue // nobody's
		}
		if c != nil && row.Part != part {
			begin(values[part], c)
			c = nil
		}
		if c == nil {
			if err := w.fault(ctx); err != nil {
				return nil // which says it
			}
			c, part = <-idle, row.Part
		}
		if err := c.AddPartRow(row); err != nil {
			return err
		}
	}
	if c != nil {
		begin(values[part], c)
	}
	return nil
}

func (w *partWriter) note(err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.first == nil {
		w.first = err
	}
}

func (w *partWriter) fault(ctx context.Context) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.first == nil {
		return ctx.Err()
	}
	return w.first
}

// write makes one part.
func (w *partWriter) write(ctx context.Context, value string, rows *report.Collector) error {
	job := report.Job{Report: w.split.Plan.Part(value), Period: w.whole.job.Period, Name: w.whole.job.Name}
	request, wanted, err := w.split.Begin(job)
	if err != nil || !wanted {
		return err
	}
	b := &build{job: request.Job, dir: request.Dir, trial: request.Trial, ahead: request.Ahead, now: w.whole.now, rows: rows}
	if err := b.begin(w.lapse()); err != nil {
		return err
	}
	b.sumPart()
	b.figures.Reconciled = w.whole.figures.Reconciled
	b.figures.Reconciled.ScopeWider, b.figures.Reconciled.HideAmounts = true, true
	if err := w.writeFiles(ctx, b, nil); err != nil {
		return fmt.Errorf("part %s: %w", job.Report.ID, err)
	}
	result := b.result()
	if result.Err != nil {
		return fmt.Errorf("part %s: %w", job.Report.ID, result.Err)
	}
	return w.split.Made(result)
}
