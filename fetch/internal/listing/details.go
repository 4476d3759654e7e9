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
			for b, err := range inOrder(ctx, r.InFlight, rows, detail) {
				if !yield(b, err) || err != nil {
					return
				}
			}
		}
	}
}

// inOrder calls work for each item, at most inFlight at a time, and yields the
// results in the order of the items. An error is yielded last. When the sequence
// ends, all work has ended.
func inOrder[A, B any](ctx context.Context, inFlight int, items []A, work func(context.Context, A) (B, error)) iter.Seq2[B, error] {
	type result struct {
		value B
		err   error
	}
	return func(yield func(B, error) bool) {
		ctx, stop := context.WithCancel(ctx)
		var running sync.WaitGroup
		defer running.Wait()
		defer stop()
		results := make([]chan result, len(items))
		begin := func(i int) {
			results[i] = make(chan result, 1)
			running.Go(func() {
				value, err := work(ctx, items[i])
				results[i] <- result{value, err}
			})
		}
		for i := range min(inFlight, len(items)) {
			begin(i)
		}
		for i := range items {
			r := <-results[i]
			if r.err == nil && i+inFlight < len(items) {
				begin(i + inFlight)
			}
			if !yield(r.value, r.err) || r.err != nil {
				return
			}
		}
	}
}
