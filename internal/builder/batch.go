package builder

import (
	"context"
	"fmt"
	"iter"
	"slices"
	"time"

	"rapport/internal/archive"
	"rapport/internal/correction"
	"rapport/internal/lateevents"
	"rapport/internal/ledger/vouchers"
	"rapport/internal/money"
	"rapport/internal/payment"
	"rapport/internal/reconcile"
	"rapport/internal/report"
	"rapport/internal/split"
	"rapport/internal/statement"
	"rapport/locales"
	"rapport/reportconfig"
)

// A Request is a report that is to be made in a directory.
type Request struct {
	report.Job
	Dir   string
	Trial bool   // made to look at: nobody waits for it
	Split *Split // of a report with parts; nil: they are not made
	Ahead int    // how many of the report are tried before it that have no number yet
	// Correct is what the rows are held against: of them only those that changed are the report's.
	// With CheckOnly no file is made of them.
	Correct   *correction.Basis
	CheckOnly bool
	// CheckParts are the parts of a report that are checked with it, by what they are about.
	CheckParts map[string]*PartCheck
}

// A Result is a report that was made, or the error that it could not be made for.
type Result struct {
	report.Job
	Now          time.Time // when its data was read; printed, and the mail's date
	Files        []archive.File
	Statement    statement.Statement
	Totals       []report.Total
	Rows         int64
	Number       int    // printed; 0: it has none
	Differs      bool   // from Dintero's own figures, or it holds money of a kind that nobody knows: its totals are in doubt
	Form, RowSum string // of a part, and of a check: its rows, and the form of the CSV, as correction names them
	Fingerprints []byte // of its rows, packed; nil if nothing can be said of what comes later
	Previous     string // the digest of the report before, which the PDF names; "": it is the first
	Reconciled   reconcile.Result
	KeptRows     []byte                 // its CSV, gzip, where that is none of its files
	Zone         string                 // in which its times are written
	Difference   *correction.Difference // of a correction, and of a check
	Settlements  *vouchers.Made         // that a report of settlements leaves for the next
	Warnings     []string               // what the operator must hear of it, in English, a line each: also of one that could not be made
	Unknown      []UnknownMoney
	Err          error // its own, or the source's
}

// UnknownMoney is money of a kind that nobody knows, in one currency: no figure of the report
// has it, which says so.
type UnknownMoney struct {
	Type     string // of the event, or of the gift card's movement
	Currency money.Currency
	Count    int64
	Sum      int64 // minor units
}

// A build is one report that is being made, together with others.
type build struct {
	job   report.Job
	dir   string // its files are written here
	now   time.Time
	trial bool
	ahead int

	correct   *correction.Basis // nil: it is no correction
	checkOnly bool
	partCheck map[string]*PartCheck
	rowSum    *correction.RowSum // nil: nobody wants it
	state     string             // of all rows that were checked
	changes   correction.Difference
	keptRows  []byte

	kind  report.Definition
	rows  *report.Collector
	marks *lateevents.Fingerprints // of the rows; nil: nobody looks at them later

	csvWords  *locales.Printer // of its CSV, whose language may be another
	figures   statement.Figures
	split     *Split
	sheet     *split.Sheet // of what is split; nil: it is not
	number    int          // of the report
	previous  string       // digest of the report before
	settled   *settled     // of a report of settlements
	statement statement.Statement
	files     []archive.File
	rowsLeft  bool // the PDF leaves the rows to the CSV
	warnings  warnings
	err       error
}

// A pass is one reading of the source, with all that looks at what is read.
type pass struct {
	dedup   *report.Dedup
	daily   *reconcile.DailyTotals // of what counts; nil: nothing is compared
	late    *lateevents.Scan       // sees what closed periods did not have; nil: nobody looks
	carried []byte                 // what a thing adds to daily, if its copy counts
}

// gather reads the source once and offers each thing to all of the batch.
func (r *Builder) gather(ctx context.Context, batch []*build, q payment.Query, p *pass) error {
	d := p.dedup
	if !slices.ContainsFunc(batch, func(a *build) bool { return a.err == nil }) {
		return nil
	}
	defer r.measure("fetch")()
	first := batch[0].job
	tell := func(done bool) {
		if r.Read != nil {
			r.Read(first.Report.ID, first.Period.String(), d.Read, done)
		}
	}
	defer tell(true)
	var err error
	switch data := first.Report.Data.(type) {
	case reportconfig.Transactions, reportconfig.Open:
		err = fanOut(r.Source.Transactions(ctx, q), func(t *payment.Transaction) error {
			p.late.Look(t, d.Read+1)
			p.carried = p.daily.AppendMovements(p.carried[:0], t)
			id, version := report.TransactionVersion(t)
			return d.Add(id, version, p.carried)
		}, batch, tell)
	case reportconfig.Orders:
		err = fanOut(r.Source.Orders(ctx, q), func(o *payment.Order) error {
			id, version := report.OrderVersion(o)
			return d.Add(id, version, nil)
		}, batch, tell)
	case reportconfig.Wallets:
		err = fanOut(r.Source.Wallets(ctx, q), func(t *payment.WalletTransaction) error {
			id, version := report.MovementVersion(t)
			return d.Add(id, version, nil)
		}, batch, tell)
	default:
		err = fmt.Errorf("no data type %T", data)
	}
	if err != nil {
		return err
	}
	return d.Settle(p.daily.Add)
}

// A rowMaker is a kind that makes its rows of things like T.
type rowMaker[T any] interface {
	AppendRows(*report.Collector, *T) error
}

// fanOut hands each thing, once it is noted, to every report. One that cannot take it is out,
// for the rest go on without it; when all are, nothing more is read.
func fanOut[T any](listing iter.Seq2[T, error], note func(*T) error, batch []*build, tell func(done bool)) error {
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
			before := a.rows.Added
			a.err = Recover(func() error { return a.kind.(rowMaker[T]).AppendRows(a.rows, &thing) })
			left = left || a.err == nil
			if a.rows.Added > before {
				a.warnings.ofThing(&thing)
			}
		}
		if !left {
			return nil
		}
		tell(false)
	}
	return nil
}
