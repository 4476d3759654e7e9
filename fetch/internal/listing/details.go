package listing

import (
	"context"
	"iter"
	"slices"
	"sync"
)

// Details yields what detail makes of each row of a listing that is kept, in the order of the
// listing; so many rows are worked on at once as requests are allowed. An error is yielded
// last. When the sequence ends, all work has ended.
func Details[A, B any](ctx context.Context, r *Reader, l Listing[A], keep func(*A) bool, detail func(context.Context, A) (B, error)) iter.Seq2[B, error] {
	return func(yield func(B, error) bool) {
		var none B
		for rows, err := range Pages(ctx, r, l) {
			if err != nil {
				yield(none, err)
				return
			}
			rows = slices.DeleteFunc(rows, func(row A) bool { return !keep(&row) })
			for b, err := range inOrder(ctx, r, rows, detail) {
				if !yield(b, err) || err != nil {
					return
				}
			}
		}
	}
}

// inOrder calls work for each item, as many at a time as requests may be in flight, and
// yields the results in the order of the items; each is released when it was used. An
// error is yielded last. When the sequence ends, all work has ended.
func inOrder[A, B any](ctx context.Context, r *Reader, items []A, work func(context.Context, A) (B, error)) iter.Seq2[B, error] {
	type result struct {
		value   B
		release func()
		err     error
	}
	return func(yield func(B, error) bool) {
		ctx, stop := context.WithCancel(ctx)
		var running sync.WaitGroup
		results := make([]chan result, len(items))
		defer func() {
			running.Wait()
			for _, left := range results { // what nobody takes any more
				if len(left) > 0 {
					(<-left).release()
				}
			}
		}()
		defer stop()
		begin := func(i int) {
			results[i] = make(chan result, 1)
			held, done, release := r.Getter.Hold(ctx) // in the order of the items
			running.Go(func() {
				value, err := work(held, items[i])
				done()
				results[i] <- result{value, release, err}
			})
		}
		for i := range min(r.InFlight, len(items)) {
			begin(i)
		}
		for i := range items {
			one := <-results[i]
			if one.err == nil && i+r.InFlight < len(items) {
				begin(i + r.InFlight)
			}
			more := yield(one.value, one.err)
			one.release()
			if !more || one.err != nil {
				return
			}
		}
	}
}
