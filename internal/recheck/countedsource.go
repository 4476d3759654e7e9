package recheck

import (
	"context"
	"iter"

	"rapport/internal/builder"
	"rapport/internal/payment"
)

// countedSource counts the things that are read. It has no figures to compare with.
type countedSource struct {
	source builder.Source
	things int64
}

func counted[T any](n *int64, listing iter.Seq2[T, error]) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		for thing, err := range listing {
			*n++
			if !yield(thing, err) {
				return
			}
		}
	}
}

func (s *countedSource) Transactions(ctx context.Context, q payment.Query) iter.Seq2[payment.Transaction, error] {
	return counted(&s.things, s.source.Transactions(ctx, q))
}

func (s *countedSource) Orders(ctx context.Context, q payment.Query) iter.Seq2[payment.Order, error] {
	return counted(&s.things, s.source.Orders(ctx, q))
}

func (s *countedSource) Wallets(ctx context.Context, q payment.Query) iter.Seq2[payment.WalletTransaction, error] {
	return counted(&s.things, s.source.Wallets(ctx, q))
}
