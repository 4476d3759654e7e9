package engine_test

import (
	"context"
	"iter"

	"rapport/internal/payment"
	"rapport/internal/paymenttest"
)

// stuck is a source that says nothing until it is given up.
type stuck struct {
	paymenttest.Source
	began chan struct{}
}

func (s stuck) Transactions(ctx context.Context, _ payment.Query) iter.Seq2[payment.Transaction, error] {
	return func(yield func(payment.Transaction, error) bool) {
		close(s.began)
		<-ctx.Done()
		yield(payment.Transaction{}, ctx.Err())
	}
}
