package engine_test

import (
	"context"
	"iter"

	"rapport/fetch"
	"rapport/internal/paymenttest"
)

// stuck is a source that says nothing until it is given up.
type stuck struct {
	paymenttest.Source
	began chan struct{}
}

func (s stuck) Transactions(ctx context.Context, _ fetch.Query) iter.Seq2[fetch.Transaction, error] {
	return func(yield func(fetch.Transaction, error) bool) {
		close(s.began)
		<-ctx.Done()
		yield(fetch.Transaction{}, ctx.Err())
	}
}
