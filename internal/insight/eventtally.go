package insight

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"rapport/internal/ledger/served"
	"rapport/internal/money"
	"rapport/internal/payment"
)

const (
	day = 24 * time.Hour
	// figuresFresh is how long what was read of the running day is good.
	figuresFresh = 5 * time.Minute
	// readAgain is how far before its end an earlier reading is read again: events come late.
	readAgain = 3 * day
	// figuresPatience is how long a request waits for a reading.
	figuresPatience = 20 * time.Second
)

// figures are the events of an account by UTC day, as they are in the ledger, read from the
// source when they are asked for.
type figures struct {
	account *account

	mu      sync.Mutex
	reading *reading // under way; nil: none is
}

// A reading is one that requests wait for.
type reading struct {
	from time.Time
	done chan struct{}
	err  error
}

// of gives the figures of an event since a day.
func (f *figures) of(q *request, event string, from time.Time) (days []served.DayFigure, err error) {
	deadline, cancel := context.WithTimeout(q.Context(), figuresPatience)
	defer cancel()
	for {
		days, fresh, err := f.known(q, event, from)
		if err != nil || fresh {
			return days, err
		}
		r := f.begin(q.server, from)
		select {
		case <-r.done:
		case <-deadline.Done():
			return nil, &failure{status: 500, code: "not_ready", message: "the figures are being read: ask again", retryAfter: "30"}
		}
		if errors.Is(r.err, errTooMuch) && r.from.Before(from) { // somebody asked for more
			continue
		}
		if errors.Is(r.err, errTooMuch) {
			return nil, &failure{status: 500, code: "too_much", message: "the account has more than 200000 transactions since then: ask for fewer days"}
		}
		if r.err != nil {
			q.account.Log.Warn("key figures", "account", q.account.Config.Account, "error", r.err)
			if errors.Is(r.err, errLedger) {
				return nil, r.err
			}
			return nil, errUnavailable("the source of the payments cannot be read now")
		}
	}
}

// known gives what the ledger has, and whether that is fresh.
func (f *figures) known(q *request, event string, from time.Time) (days []served.DayFigure, fresh bool, err error) {
	a := f.account
	err = a.use(func() error {
		c, err := a.Coverage(q.Context(), a.Config.Account)
		if err != nil {
			return err
		}
		age := q.server.Now().Sub(c.ReadAt)
		if fresh = !c.ReadAt.IsZero() && !c.From.After(from) && age < figuresFresh && age > -figuresFresh; !fresh {
			return nil
		}
		days, err = a.Figures(q.Context(), a.Config.Account, event, from)
		return err
	})
	return days, fresh, err
}

// begin reads the days since from, and what came late of those before that are known. Of an
// account there is one reading at a time: a request that wants more waits, and asks again.
func (f *figures) begin(s *Server, from time.Time) *reading {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.reading != nil {
		return f.reading
	}
	r := &reading{from: from, done: make(chan struct{})}
	f.reading = r
	go func() {
		defer close(r.done)
		defer func() {
			if p := recover(); p != nil {
				r.err = fmt.Errorf("panic: %v", p)
			}
			f.mu.Lock()
			f.reading = nil
			f.mu.Unlock()
		}()
		r.err = f.read(s.Background, s, r.from)
	}()
	return r
}

func (f *figures) read(ctx context.Context, s *Server, from time.Time) error {
	a, now := f.account, s.Now()
	var c served.Coverage
	err := a.use(func() (err error) { c, err = a.Coverage(ctx, a.Config.Account); return err })
	if err != nil {
		return err
	}
	if !c.ReadAt.IsZero() && !c.From.After(from) { // all before is known
		if late := c.ReadAt.Add(-readAgain).UTC().Truncate(day); late.After(from) {
			from = late
		}
	}
	t := newTally(from, now)
	for tx, err := range a.Source.Transactions(ctx, payment.Query{From: from, To: now, Events: true}) {
		if err != nil {
			return err
		}
		if err := t.add(&tx); err != nil {
			return err
		}
	}
	days, err := t.days()
	if err != nil {
		return err
	}
	return a.use(func() error {
		return a.RecordFigures(ctx, a.Config.Account, served.Coverage{From: from, ReadAt: now}, days)
	})
}

// A tally counts events by day. Of a transaction that comes twice the newest copy counts.
type tally struct {
	from, until time.Time
	byID        map[string]tallied
}

type tallied struct {
	updated time.Time
	events  []dayAmount
}

// A dayAmount is one event.
type dayAmount struct {
	cell   cell
	amount int64
}

type cell struct {
	day                      time.Time
	event, product, currency string
}

func newTally(from, until time.Time) *tally {
	return &tally{from: from, until: until, byID: map[string]tallied{}}
}

// add counts a transaction; more than mostTransactions are errTooMuch, as each is kept until the last
// has come.
func (t *tally) add(tx *payment.Transaction) error {
	known, ok := t.byID[tx.ID]
	if ok && !tx.UpdatedAt.After(known.updated) {
		return nil
	}
	if !ok && len(t.byID) == mostTransactions {
		return errTooMuch
	}
	one := tallied{updated: tx.UpdatedAt}
	for i := range tx.Events {
		e := &tx.Events[i]
		amount, counts := moved(tx, i)
		if !counts || e.CreatedAt.Before(t.from) || e.CreatedAt.After(t.until) || e.Repeats(tx.Events[:i]) {
			continue
		}
		one.events = append(one.events, dayAmount{cell{e.CreatedAt.UTC().Truncate(day), e.Type, tx.ProductType, string(tx.Currency)}, amount})
	}
	t.byID[tx.ID] = one
	return nil
}

// moved is what an event counts: an authorisation the transaction's amount, a cancellation what
// was authorised and not captured before it. One that cancels nothing is none.
func moved(tx *payment.Transaction, i int) (amount int64, counts bool) {
	e := &tx.Events[i]
	if !e.Success {
		return 0, false
	}
	switch e.Type {
	case payment.EventCapture, payment.EventRefund:
		return e.Amount, true
	case payment.EventAuthorize:
		return tx.Amount, true
	case payment.EventVoid:
		left := tx.Amount
		for j := range tx.Events {
			o := &tx.Events[j]
			before := o.CreatedAt.Before(e.CreatedAt) || o.CreatedAt.Equal(e.CreatedAt) && j < i
			if o.Type == payment.EventCapture && o.Success && before && !o.Repeats(tx.Events[:j]) {
				left -= o.Amount
			}
		}
		return left, left > 0
	}
	return 0, false
}

// days are the figures, by day, event, payment type and currency.
func (t *tally) days() (all []served.DayFigure, err error) {
	sums := map[cell]*served.DayFigure{}
	for _, one := range t.byID {
		for _, e := range one.events {
			f := sums[e.cell]
			if f == nil {
				f = &served.DayFigure{Day: e.cell.day, Event: e.cell.event, ProductType: e.cell.product, Currency: e.cell.currency}
				sums[e.cell] = f
			}
			f.Count++
			if f.Sum, err = money.Add(f.Sum, e.amount); err != nil {
				return nil, err
			}
		}
	}
	for _, f := range sums {
		all = append(all, *f)
	}
	slices.SortFunc(all, func(x, y served.DayFigure) int {
		return cmp.Or(x.Day.Compare(y.Day), cmp.Compare(x.Event, y.Event), cmp.Compare(x.ProductType, y.ProductType), cmp.Compare(x.Currency, y.Currency))
	})
	return all, nil
}
