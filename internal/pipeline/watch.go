package pipeline

import (
	"context"
	"iter"

	"rapport/fetch"
)

// watched is the source with a report of progress for every thing it yields.
func (r *Runner) watched(j Job, c *collector) Source {
	if r.Progress == nil {
		return r.Source
	}
	return watched{r.Source, func(done bool) { r.Progress(j.Report.ID, j.Period.String(), c.things, done) }}
}

type watched struct {
	source Source
	tell   func(done bool)
}

func (w watched) Transactions(ctx context.Context, q fetch.Query) iter.Seq2[fetch.Transaction, error] {
	return watch(w.source.Transactions(ctx, q), w.tell)
}

func (w watched) Orders(ctx context.Context, q fetch.Query) iter.Seq2[fetch.Order, error] {
	return watch(w.source.Orders(ctx, q), w.tell)
}

func (w watched) Wallets(ctx context.Context, q fetch.Query) iter.Seq2[fetch.WalletTransaction, error] {
	return watch(w.source.Wallets(ctx, q), w.tell)
}

func watch[T any](things iter.Seq2[T, error], tell func(done bool)) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		defer tell(true)
		for thing, err := range things {
			if !yield(thing, err) {
				return
			}
			tell(false)
		}
	}
}
