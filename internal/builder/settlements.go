package builder

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"time"

	"rapport/internal/extsort"
	"rapport/internal/ledger"
	"rapport/internal/ledger/vouchers"
	"rapport/internal/payment"
	"rapport/internal/report"
	"rapport/internal/settlement"
	"rapport/internal/statement"
	"rapport/reportconfig"
)

// SettlementSource is what a Source may have besides: what is paid out to bank accounts.
// *fetch.Client and fetch.Files have it.
type SettlementSource interface {
	Settlements(context.Context, payment.SettlementQuery) iter.Seq2[payment.Settlement, error]
}

// settlementRecords is what a History may have besides: what the reports before have left.
type settlementRecords interface {
	SettlementRecords(ctx context.Context, account, report string, each func(vouchers.Record) error) error
	OwedBefore(ctx context.Context, key ledger.Key) ([]string, error)
}

// settled is what a report of settlements has beside its rows.
type settled struct {
	question settlement.Question
	outcome  *settlement.Outcome
	packed   []byte    // the outcome's record
	newest   time.Time // end of the newest record before it that was known
	booking  statement.Booking
	rules    *settlement.Rules // nil: nothing is booked
	forward  []attachment
}

// A settlementBuilder makes reports of settlements.
type settlementBuilder struct{ *Builder }

// readSettlements gives a batch of reports of settlements what they are made of, with one reading
// of the source, in the order of their periods: each goes on from the one before it.
func (r settlementBuilder) readSettlements(ctx context.Context, batch []*build) error {
	source, ok := r.Source.(SettlementSource)
	if !ok {
		return errors.New("the source has no settlements")
	}
	batch = slices.Clone(batch)
	slices.SortStableFunc(batch, func(a, b *build) int { return a.job.Period.From.Compare(b.job.Period.From) })
	histories := map[string]*settlement.History{}
	spools := extsort.NewScratch(batch[0].dir)
	defer spools.Close()
	for i, b := range batch {
		if b.err == nil {
			b.err = r.beginSettlements(ctx, b, histories, spools, batch[:i])
		}
	}
	if !someoneIsLeft(batch) {
		return nil
	}
	reading, done, err := r.settlementReading(ctx, source, batch, histories)
	if err != nil {
		return errors.Join(err, done())
	}
	for i, b := range batch {
		if b.err == nil {
			b.err = waitsFor(b, batch[:i])
		}
		if b.err == nil {
			b.err = Recover(func() error { return r.bridge(ctx, b, histories[b.job.Report.ID], reading) })
		}
	}
	return done()
}

// beginSettlements says what a report asks, and refuses one before which another is to be made.
func (r settlementBuilder) beginSettlements(ctx context.Context, b *build, histories map[string]*settlement.History, spools *extsort.Scratch, before []*build) error {
	data := b.job.Report.Data.(reportconfig.Settlements)
	b.settled = &settled{
		question: settlement.Question{Account: r.Account.ID, Report: b.job.Report.ID, Name: b.job.PeriodName(), Period: b.job.Period, Zone: r.Account.Location, Sellers: data.Sellers, Providers: data.Providers},
		rules:    rulesOf(b.job.Report.VoucherFile, data),
	}
	id := b.job.Report.ID
	if histories[id] == nil {
		h, err := r.settlementHistory(ctx, b, spools)
		if err != nil {
			return err
		}
		histories[id] = h
	}
	kept, ok := r.History.(settlementRecords)
	if !ok || b.trial {
		return nil
	}
	owed, err := kept.OwedBefore(ctx, statement.KeyOf(r.Account.ID, b.job))
	if err != nil {
		return err
	}
	for _, name := range owed {
		here := slices.ContainsFunc(before, func(o *build) bool { return o.job.Report.ID == id && o.job.PeriodName() == name })
		if !here {
			return &AnotherFirstError{name}
		}
	}
	return nil
}

// AnotherFirstError says that a report goes on from another that is to be made before it.
type AnotherFirstError struct{ Period string }

func (e *AnotherFirstError) Error() string {
	return fmt.Sprintf("%s is to be made first, as each bridge goes on from the one before — rapport run makes both", e.Period)
}

// waitsFor refuses a report that goes on from one of the batch that failed.
func waitsFor(b *build, before []*build) error {
	for _, o := range before {
		if o.err != nil && o.job.Report.ID == b.job.Report.ID {
			return &AnotherFirstError{o.job.PeriodName()}
		}
	}
	return nil
}

// settlementReading reads settlements and movements for all of the batch. Done lets go of them.
func (r settlementBuilder) settlementReading(ctx context.Context, source SettlementSource, batch []*build, histories map[string]*settlement.History) (reading *settlement.Reading, done func() error, err error) {
	defer r.measure("fetch")()
	reading = &settlement.Reading{Settlements: map[string]*payment.Settlement{}, Known: true, Now: batch[0].now}
	done = func() error { return nil }
	if err := r.listSettlements(ctx, source, batch, histories, reading.Settlements); err != nil {
		return nil, done, err
	}
	var since, to time.Time
	for _, b := range batch {
		if b.err != nil {
			continue
		}
		if from := settlement.MovedSince(&b.settled.question, histories[b.job.Report.ID], reading.Settlements); since.IsZero() || from.Before(since) {
			since = from
		}
		if b.job.Period.To.After(to) {
			to = b.job.Period.To
		}
	}
	if lacking, ok := r.Source.(interface{ LacksTransactions() bool }); ok && lacking.LacksTransactions() {
		reading.Known = false
		reading.Movements = func() iter.Seq2[*settlement.Movement, error] { return func(func(*settlement.Movement, error) bool) {} }
	} else {
		movements, err := r.readMovements(ctx, batch[0], payment.Query{From: since, To: to})
		if movements != nil {
			done = movements.Close
		}
		if err != nil {
			return nil, done, err
		}
		reading.Movements = func() iter.Seq2[*settlement.Movement, error] { return movementsOf(movements) }
	}
	return reading, done, reading.Learn(r.Account.Location)
}

// listSettlements lists what any of the batch may need, by date and, where a record may be late,
// by when it was made.
func (r settlementBuilder) listSettlements(ctx context.Context, source SettlementSource, batch []*build, histories map[string]*settlement.History, into map[string]*payment.Settlement) error {
	var settledFrom, createdFrom time.Time
	for _, b := range batch {
		if b.err != nil {
			continue
		}
		settled, created := settlement.SettledSince(&b.settled.question, histories[b.job.Report.ID])
		if settledFrom.IsZero() || settled.Before(settledFrom) {
			settledFrom = settled
		}
		if !created.IsZero() && (createdFrom.IsZero() || created.Before(createdFrom)) {
			createdFrom = created
		}
	}
	queries := []payment.SettlementQuery{{SettledFrom: settledFrom}}
	if !createdFrom.IsZero() {
		queries = append(queries, payment.SettlementQuery{CreatedFrom: createdFrom})
	}
	for _, q := range queries {
		for s, err := range source.Settlements(ctx, q) {
			if err != nil {
				return err
			}
			settlement.Newest(into, s)
		}
	}
	return nil
}

// readMovements reads the captures and refunds that a query asks for, sorted, each once.
func (r settlementBuilder) readMovements(ctx context.Context, first *build, q payment.Query) (*report.Collector, error) {
	d := report.NewDedup(first.dir)
	rows := report.NewCollector(first.dir, time.UTC, d, 1)
	tell := func(done bool) {
		if r.Read != nil {
			r.Read(first.job.Report.ID, first.job.Period.String(), d.Read, done)
		}
	}
	defer tell(true)
	err := func() error {
		for t, err := range r.Source.Transactions(ctx, q) {
			if err != nil {
				return err
			}
			id, version := report.TransactionVersion(&t)
			if err := d.Add(id, version, nil); err != nil {
				return err
			}
			if err := report.AppendMovements(rows, &t, q.From); err != nil {
				return err
			}
			tell(false)
		}
		return d.Settle(func([]byte) error { return nil })
	}()
	return rows, errors.Join(err, d.Close())
}

// movementsOf yields movements, sorted by their hash; each is good until the next.
func movementsOf(rows *report.Collector) iter.Seq2[*settlement.Movement, error] {
	return func(yield func(*settlement.Movement, error) bool) {
		var row report.Row
		var one settlement.Movement
		for raw, err := range rows.Sorted() {
			if err == nil {
				err = report.ReadMovement(raw, &row, &one)
			}
			if !yield(&one, err) || err != nil {
				return
			}
		}
	}
}

// bridge makes the bridge, the vouchers and the rows of a report, which goes on from the history and
// is added to it.
func (r settlementBuilder) bridge(ctx context.Context, b *build, h *settlement.History, reading *settlement.Reading) (err error) {
	s := b.settled
	s.newest = h.Newest(b.job.Period.From)
	if s.outcome, err = settlement.Make(s.question, h, reading); err != nil {
		return err
	}
	if err := r.book(ctx, b, h); err != nil {
		return err
	}
	if err := h.Replace(s.outcome.Record); err != nil {
		return err
	}
	if s.packed, err = s.outcome.Record.Pack(); err != nil {
		return err
	}
	if b.trial && r.Trials != nil {
		r.Trials[b.job.Report.ID] = append(r.Trials[b.job.Report.ID], s.packed)
	}
	d := report.NewDedup(b.dir)
	b.rows = report.NewCollector(b.dir, r.Account.Location, d, 1)
	maker := b.kind.(report.SettlementRows)
	for i := range s.outcome.Rows {
		row := &s.outcome.Rows[i]
		if err = d.Add(row.ID+"\x00"+string(row.Currency), 0, nil); err == nil {
			err = maker.AppendRow(b.rows, row, i)
		}
		if err != nil {
			return errors.Join(err, d.Close())
		}
	}
	b.figures.Settlements = &statement.Settlements{Outcome: s.outcome, Booking: s.booking}
	return errors.Join(d.Settle(func([]byte) error { return nil }), d.Close())
}
