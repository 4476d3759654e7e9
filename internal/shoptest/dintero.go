package shoptest

import (
	"context"
	"iter"
	"log/slog"
	"time"

	"rapport/fetch"
	"rapport/fetch/sandbox"
	"rapport/internal/builder"
	"rapport/internal/payment"
)

// nearby is a Dintero whose thorough listing goes back 55 days instead of 400: as far as
// the simulated one's transactions need, and no test waits for a year of them.
type nearby struct{ *fetch.Client }

func (n nearby) Transactions(ctx context.Context, q payment.Query) iter.Seq2[payment.Transaction, error] {
	late := q
	late.From = q.From.AddDate(0, 0, 345) // of which the listings by time of event are empty
	thorough := q.Thorough
	q.Thorough = false
	return func(yield func(payment.Transaction, error) bool) {
		for tx, err := range n.Client.Transactions(ctx, q) {
			if !yield(tx, err) {
				return
			}
		}
		if thorough {
			n.Client.Transactions(ctx, late)(yield)
		}
	}
}

// Dintero is a simulated one of seed 1 with faults, at the shop's time.
func (s *Shop) Dintero(faults ...string) builder.Source {
	s.T.Helper()
	simulated, err := sandbox.New(sandbox.Options{Seed: 1, Now: s.Clock.Now, Faults: faults})
	if err != nil {
		s.T.Fatal(err)
	}
	return nearby{fetch.New(fetch.Config{
		Account: "T12345678", ClientID: "id", Secret: func() (string, error) { return "c4n4ry", nil },
		APIURL: "http://dintero.invalid/v1", CheckoutURL: "http://dintero.invalid/v1", Audience: "http://dintero.invalid/v1/accounts/T12345678",
		Transport: simulated.Transport(), Version: "test", Now: time.Now, Log: slog.New(slog.DiscardHandler),
	})}
}
