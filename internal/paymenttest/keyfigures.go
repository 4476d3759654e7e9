package paymenttest

import (
	"context"
	"fmt"
	"iter"
	"rapport/internal/payment"
	"time"
)

// WithKeyFigures is a source that also says what it counts, and remembers what it was asked.
type WithKeyFigures struct {
	Source
	Late    []payment.Transaction                    // what only a thorough query finds
	Figures func(n int) ([]payment.DayEvents, error) // the n-th answer
	Asked   int
	Queries []payment.Query
	Fail    error // of the thorough query
}

func (s *WithKeyFigures) Transactions(ctx context.Context, q payment.Query) iter.Seq2[payment.Transaction, error] {
	s.Queries = append(s.Queries, q)
	if !q.Thorough {
		return s.Source.Transactions(ctx, q)
	}
	return Listing(append(append([]payment.Transaction(nil), s.Late...), s.Sales...), s.Fail)
}

func (s *WithKeyFigures) Events(context.Context, time.Time) ([]payment.DayEvents, error) {
	s.Asked++
	return s.Figures(s.Asked)
}

// KeyFiguresOf counts as Dintero would: events of the newest copies, by UTC day.
func KeyFiguresOf(list ...payment.Transaction) (events []payment.DayEvents) {
	newest := map[string]payment.Transaction{}
	for _, tx := range list {
		if old, found := newest[tx.ID]; !found || !tx.UpdatedAt.Before(old.UpdatedAt) {
			newest[tx.ID] = tx
		}
	}
	at := map[string]int{}
	for _, tx := range newest {
		seen := map[string]bool{}
		for _, e := range tx.Events {
			kind := e.Type + e.ID
			if !e.Success || e.Type != "CAPTURE" && e.Type != "REFUND" || e.ID != "" && seen[kind] {
				continue
			}
			if seen[kind] = true; e.Amount == 0 {
				continue
			}
			y, m, d := e.CreatedAt.UTC().Date()
			key := fmt.Sprint(y, m, d, e.Type, tx.ProductType, tx.Currency)
			i, found := at[key]
			if !found {
				i = len(events)
				at[key] = i
				events = append(events, payment.DayEvents{Day: time.Date(y, m, d, 0, 0, 0, 0, time.UTC), Type: e.Type, ProductType: tx.ProductType, Currency: tx.Currency})
			}
			events[i].Count++
			events[i].Sum += e.Amount
		}
	}
	return events
}

func Always(events []payment.DayEvents) func(int) ([]payment.DayEvents, error) {
	return func(int) ([]payment.DayEvents, error) { return events, nil }
}
