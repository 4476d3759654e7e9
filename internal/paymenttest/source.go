// Package paymenttest has payments for tests: transactions, orders and wallets of a shop, a
// source that yields them, and the reports that are made of them. Nothing outside of tests
// imports it.
package paymenttest

import (
	"context"
	"iter"
	"rapport/internal/payment"
)

// Source is a source of what it holds, in that order, whatever is asked.
type Source struct {
	Sales     []payment.Transaction
	OrderList []payment.Order
	Movements []payment.WalletTransaction
	Err       error // after the last one
}

func Listing[T any](list []T, err error) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		for _, thing := range list {
			if !yield(thing, nil) {
				return
			}
		}
		if err != nil {
			var none T
			yield(none, err)
		}
	}
}

func (s Source) Transactions(context.Context, payment.Query) iter.Seq2[payment.Transaction, error] {
	return Listing(s.Sales, s.Err)
}

func (s Source) Orders(context.Context, payment.Query) iter.Seq2[payment.Order, error] {
	return Listing(s.OrderList, s.Err)
}

func (s Source) Wallets(context.Context, payment.Query) iter.Seq2[payment.WalletTransaction, error] {
	return Listing(s.Movements, s.Err)
}
