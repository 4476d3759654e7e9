package pipeline

import (
	"context"
	"fmt"
	"iter"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"rapport/fetch"
	"rapport/reportconfig"
)

// An assembly is one report that is being made together with others.
type assembly struct {
	job   Job
	dir   string    // its files are written here
	now   time.Time // when its data is read; printed, and the mail's date
	built *built    // nil with an err
	err   error     // its own, or the source's

	kind  kind
	rows  *collector
	trial bool // made to look at: nobody waits for it
}

// An inquiry is what a job asks the source, as a comparable value: jobs with the same
// one are made of the same things.
type inquiry struct {
	data     reportconfig.DataType
	from, to time.Time // UTC; zero where the answer does not depend on it
	stores   string    // sorted, each once, NUL between them
}

func question(j Job) inquiry {
	q := inquiry{data: j.Report.Data.DataType(), from: j.Period.From.UTC(), to: j.Period.To.UTC()}
	switch data := j.Report.Data.(type) {
	case reportconfig.Transactions:
		if !reconciles(j.Report) { // else the whole account is read, if that can be afforded
			q.stores = sameStores(data.Stores)
		}
	case reportconfig.Open:
		q.stores = sameStores(data.Stores)
	case reportconfig.Orders:
		q.to = time.Time{} // orders are listed by what changed since from
	case reportconfig.Wallets:
		q.from, q.to = time.Time{}, time.Time{} // every card is read to its end
	}
	return q
}

func sameStores(stores []string) string {
	return strings.Join(slices.Compact(slices.Sorted(slices.Values(stores))), "\x00")
}

// mostStores is how many stores are asked for together: an address must not get too long.
const mostStores = 100

// storesOf are all stores that reports of a batch are cut to, sorted, each once; nil where
// one is not cut, or where they are too many.
func storesOf(batch []*assembly) (all []string) {
	for _, a := range batch {
		var stores []string
		switch data := a.job.Report.Data.(type) {
		case reportconfig.Transactions:
			stores = data.Stores
		case reportconfig.Open:
			stores = data.Stores
		}
		if len(stores) == 0 {
			return nil
		}
		all = append(all, stores...)
	}
	all = slices.Compact(slices.Sorted(slices.Values(all)))
	if len(batch) > 1 && len(all) > mostStores {
		return nil
	}
	return all
}

// query asks for all that a batch of one question needs.
func query(batch []*assembly) fetch.Query {
	first := batch[0].job
	q := fetch.Query{From: first.Period.From, To: first.Period.To}
	q.Open = first.Report.Data.DataType() == reportconfig.OpenTransactions
	q.Stores = storesOf(batch)
	for _, a := range batch[1:] {
		if p := a.job.Period; p.From.Before(q.From) {
			q.From = p.From
		}
		if p := a.job.Period; p.To.After(q.To) {
			q.To = p.To
		}
	}
	return q
}

// gather reads the source once and offers each thing to all of the batch.
func (r *Runner) gather(ctx context.Context, batch []*assembly, q fetch.Query, c *copies) error {
	if !slices.ContainsFunc(batch, func(a *assembly) bool { return a.err == nil }) {
		return nil
	}
	defer r.meter("fetch")()
	first := batch[0].job
	tell := func(done bool) {
		if r.Read != nil {
			r.Read(first.Report.ID, first.Period.String(), c.read, done)
		}
	}
	defer tell(true)
	var err error
	switch data := first.Report.Data.(type) {
	case reportconfig.Transactions, reportconfig.Open:
		err = offer(r.Source.Transactions(ctx, q), c.noting(edition), batch, c, tell)
	case reportconfig.Orders:
		err = offer(r.Source.Orders(ctx, q), orderEdition, batch, c, tell)
	case reportconfig.Wallets:
		err = offer(r.Source.Wallets(ctx, q), movementEdition, batch, c, tell)
	default:
		err = fmt.Errorf("no data type %T", data)
	}
	if err != nil {
		return err
	}
	return c.settle()
}

// A taker is a kind that makes its rows of things like T.
type taker[T any] interface {
	take(*collector, *T) error
}

// offer hands each thing to every report. One that cannot take it is out, for the rest go
// on without it; when all are, nothing more is read.
func offer[T any](listing iter.Seq2[T, error], edition func(*T) (id string, version int64), batch []*assembly, c *copies, tell func(done bool)) error {
	var thing T // one for all: a taker keeps none of it
	for next, err := range listing {
		if err != nil {
			return err
		}
		thing = next
		if err := c.add(edition(&thing)); err != nil {
			return err
		}
		left := false
		for _, a := range batch {
			if a.err != nil {
				continue
			}
			a.err = contained(func() error { return a.kind.(taker[T]).take(a.rows, &thing) })
			left = left || a.err == nil
		}
		if !left {
			return nil
		}
		tell(false)
	}
	return nil
}

// panicked is a fault of ours that was met while a report was made.
type panicked struct {
	value any
	stack []byte
}

func (p *panicked) Error() string { return fmt.Sprintf("internal fault: %v", p.value) }

// contained turns a panic into an error.
func contained(do func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = &panicked{p, debug.Stack()}
		}
	}()
	return do()
}
