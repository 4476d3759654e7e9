package listing

import (
	"context"
	"iter"
	"sync"
)

// InOrder calls work for each item, as many at a time as requests may be in flight, and
// yields the results in the order of the items; each is released when it was used. An
// error is yielded last. When the sequence ends, all work has ended.
func InOrder[A, B any](ctx context.Context, r *Reader, items []A, work func(context.Context, A) (B, error)) iter.Seq2[B, error] {
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
				if left != nil && len(left) > 0 {
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
