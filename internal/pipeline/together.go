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
	"rapport/locales"
	"rapport/reportconfig"
)

// A Request is a report that is to be made in a directory.
type Request struct {
	Job
	Dir   string
	Trial bool // made to look at: nobody waits for it
	Ahead int  // how many of the report are tried before it that have no number yet
}

// A Result is a report that was made, or the error that it could not be made for.
type Result struct {
	Job
	Now          time.Time // when its data was read; printed, and the mail's date
	Files        []file
	Statement    Statement
	Totals       []Total
	Rows         int64
	Differs      bool   // from Dintero's own figures
	Fingerprints []byte // of its rows, packed; nil if nothing can be said of what comes later
	Err          error  // its own, or the source's
}

// A build is one report that is being made, together with others.
type build struct {
	job   Job
	dir   string // its files are written here
	now   time.Time
	trial bool
	ahead int

	kind  kind
	rows  *collector
	marks *marks // of the rows; nil: nobody looks at them later

	csvWords  *locales.Printer // of its CSV, whose language may be another
	figures   Figures
	statement Statement
	files     []file
	rowsLeft  bool // the PDF leaves the rows to the CSV
	err       error
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
func storesOf(batch []*build) (all []string) {
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
func query(batch []*build) fetch.Query {
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

// A pass is one reading of the source, with all that looks at what is read.
type pass struct {
	dedup   *dedup
	daily   *tally // of what counts; nil: nothing is compared
	late    *watch // sees what closed periods did not have; nil: nobody looks
	carried []byte // what a thing adds to daily, if its copy counts
}

// gather reads the source once and offers each thing to all of the batch.
func (r *Builder) gather(ctx context.Context, batch []*build, q fetch.Query, p *pass) error {
	d := p.dedup
	if !slices.ContainsFunc(batch, func(a *build) bool { return a.err == nil }) {
		return nil
	}
	defer r.measure("fetch")()
	first := batch[0].job
	tell := func(done bool) {
		if r.Read != nil {
			r.Read(first.Report.ID, first.Period.String(), d.read, done)
		}
	}
	defer tell(true)
	var err error
	switch data := first.Report.Data.(type) {
	case reportconfig.Transactions, reportconfig.Open:
		err = offer(r.Source.Transactions(ctx, q), func(t *fetch.Transaction) error {
			p.late.look(t, d.read+1)
			p.carried = p.daily.appendMoves(p.carried[:0], t)
			id, version := edition(t)
			return d.add(id, version, p.carried)
		}, batch, tell)
	case reportconfig.Orders:
		err = offer(r.Source.Orders(ctx, q), func(o *fetch.Order) error {
			id, version := orderEdition(o)
			return d.add(id, version, nil)
		}, batch, tell)
	case reportconfig.Wallets:
		err = offer(r.Source.Wallets(ctx, q), func(t *fetch.WalletTransaction) error {
			id, version := movementEdition(t)
			return d.add(id, version, nil)
		}, batch, tell)
	default:
		err = fmt.Errorf("no data type %T", data)
	}
	if err != nil {
		return err
	}
	return d.settle(p.daily.add)
}

// A taker is a kind that makes its rows of things like T.
type taker[T any] interface {
	take(*collector, *T) error
}

// offer hands each thing, once it is noted, to every report. One that cannot take it is out,
// for the rest go on without it; when all are, nothing more is read.
func offer[T any](listing iter.Seq2[T, error], note func(*T) error, batch []*build, tell func(done bool)) error {
	var thing T // one for all: a taker keeps none of it
	for next, err := range listing {
		if err != nil {
			return err
		}
		thing = next
		if err := note(&thing); err != nil {
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
