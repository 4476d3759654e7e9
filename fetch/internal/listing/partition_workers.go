package listing

import (
	"context"
	"iter"
	"sync"

	"rapport/internal/payment"
)

const (
	firstWorkers  = 2 // at work while it is not known whether much is to come
	bufferedPages = 4 // that wait for the caller
)

// workers read the partitions of plans side by side.
type workers struct {
	reader *Reader
	pages  chan heldPage

	mu      sync.Mutex
	changed sync.Cond
	plans   []*plan // not handed out yet, the newest last
	reading int     // partitions
	idle    int     // workers that have nothing to do
	full    int     // pages: each lets one worker more begin
}

// heldPage is a page that waits for the caller.
type heldPage struct {
	rows    []payment.Transaction
	release func()
}

// sideBySide reads the partitions of a plan, and partitions those again that turn out
// dense. An error is yielded last and ends all requests; when the sequence ends, all have
// ended.
func (r *Reader) sideBySide(ctx context.Context, p *plan) iter.Seq2[[]payment.Transaction, error] {
	return func(yield func([]payment.Transaction, error) bool) {
		ctx, stop := context.WithCancelCause(ctx)
		defer stop(nil)
		w := &workers{reader: r, pages: make(chan heldPage, bufferedPages), plans: []*plan{p}}
		w.changed.L = &w.mu
		defer context.AfterFunc(ctx, func() {
			w.mu.Lock()
			defer w.mu.Unlock()
			w.changed.Broadcast()
		})()
		var all sync.WaitGroup
		for range r.InFlight {
			all.Go(func() {
				if err := w.work(ctx); err != nil {
					stop(err)
				}
			})
		}
		go func() { all.Wait(); close(w.pages) }()
		left := false
		for page := range w.pages {
			if !left && ctx.Err() == nil && !yield(page.rows, nil) {
				left = true
				stop(nil)
			}
			page.release()
		}
		if err := context.Cause(ctx); err != nil && !left {
			yield(nil, err)
		}
	}
}

// work reads partitions until there are none, or one fails.
func (w *workers) work(ctx context.Context) error {
	for p := w.take(ctx); p != nil; p = w.take(ctx) {
		rest, err := w.read(ctx, p)
		if err != nil {
			return err
		}
		w.finish(p, rest)
	}
	return nil
}

// read reads a partition to its end, or returns what its rest is to be partitioned into.
func (w *workers) read(ctx context.Context, p *partition) (rest *plan, err error) {
	for {
		rows, release, err := p.read(ctx)
		if err != nil {
			return nil, err
		}
		select {
		case w.pages <- heldPage{rows, release}:
		case <-ctx.Done():
			release()
			return nil, context.Cause(ctx)
		}
		if p.pager.over {
			return nil, nil
		}
		if w.needsWork(len(rows)) {
			if rest := newPlan(p, !p.longer()); rest != nil {
				return rest, nil
			}
		}
	}
}

// needsWork notes a page that was not the last of its partition, and reports whether
// other workers have nothing to do.
func (w *workers) needsWork(rows int) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	if rows >= PageSize {
		w.full++
		w.changed.Broadcast()
	}
	return w.idle > 0 && len(w.plans) == 0
}

// take is the next partition to read; nil when all is read or ctx has ended.
func (w *workers) take(ctx context.Context) *partition {
	w.mu.Lock()
	defer w.mu.Unlock()
	for ctx.Err() == nil {
		if n := len(w.plans); n > 0 && (w.plans[n-1].measured || w.plans[n-1].guessed || w.reading < firstWorkers+w.full) {
			if p := w.plans[n-1].next(w.reader); p != nil {
				w.reading++
				return p
			}
			w.plans = w.plans[:n-1]
			continue
		}
		if w.reading == 0 && len(w.plans) == 0 {
			return nil
		}
		w.idle++
		w.changed.Wait()
		w.idle--
	}
	return nil
}

// finish ends the reading of a partition: at its end, or where its rest has a plan.
func (w *workers) finish(p *partition, rest *plan) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.reading--
	if rest == nil {
		p.plan.measure(p)
	} else {
		w.plans = append(w.plans, rest)
	}
	w.changed.Broadcast()
}
