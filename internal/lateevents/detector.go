// Package lateevents finds captures and refunds that appear in periods whose reports were made
// before: each made period has the fingerprints of its rows in the ledger, and whatever is read
// later is held against them. The operator is told of each once. It changes no report.
package lateevents

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"time"

	"rapport/internal/calendar"
	"rapport/internal/ledger"
	"rapport/internal/money"
	"rapport/internal/payment"
	"rapport/internal/report"
	"rapport/reportconfig"
)

// ClosedPeriods is what the ledger knows of the rows of periods that were made.
type ClosedPeriods interface {
	FingerprintedPeriods(ctx context.Context, account, report string, from, to time.Time) ([]ledger.Period, error)
	Fingerprints(ctx context.Context, periodID int64) ([]byte, error)
	// NoteSeen keeps fingerprints, and has the period read again soon if that is asked for and
	// possible; checkable is false where it is not, and then nothing is kept.
	NoteSeen(ctx context.Context, periodID int64, fingerprints []byte, check bool) (checkable bool, err error)
	RecordChange(ctx context.Context, periodID int64, fingerprints []byte, a ledger.Alarm) error
}

// A Detector looks, in all that is read for whichever report, for captures and refunds that
// lie in a period that was made before and that the report of it did not have: Dintero told
// of them too late, or another thing than now. A period of which the rows are known is read
// again then; of another the operator hears once. It compares only reports whose filters are
// what they were, and says nothing of what is gone again.
type Detector struct {
	account string
	zone    *time.Location // in which the operator is told
	closed  ClosedPeriods
	log     *slog.Logger
	byStore map[string][]*reportconfig.Report // those that are cut to stores; under "" the others

	alarming sync.Mutex // who finds the same in two batches tells it once
}

func NewDetector(account string, zone *time.Location, closed ClosedPeriods, reports []reportconfig.Report, log *slog.Logger) *Detector {
	w := &Detector{account: account, zone: zone, closed: closed, log: log, byStore: map[string][]*reportconfig.Report{}}
	for i := range reports {
		data, ok := reports[i].Data.(reportconfig.Transactions)
		if !ok {
			continue
		}
		stores := slices.Clone(data.Stores)
		if len(stores) == 0 {
			stores = []string{""}
		}
		slices.Sort(stores)
		for _, store := range slices.Compact(stores) {
			w.byStore[store] = append(w.byStore[store], &reports[i])
		}
	}
	return w
}

// What one reading may cost: questions to the ledger, marks in memory, and rows that are kept to be told.
const (
	maxQueries    = 20_000
	maxLoaded     = 1 << 20
	maxLateEvents = 1_000
)

// A Scan holds one reading against the closed periods. The nil one sees nothing.
type Scan struct {
	*Detector
	ctx     context.Context
	days    map[reportDay][]*closedPeriod
	byID    map[int64]*closedPeriod
	loaded  int // in sight
	queries int
	seen    []lateEvent
	err     error // the first; after it nothing is looked at
}

type reportDay struct {
	report *reportconfig.Report
	day    int64 // UTC, since 1970
}

// A closedPeriod is a period that was made, and the fingerprints of its rows.
type closedPeriod struct {
	ledger.Period
	filterHash   string
	fingerprints []Fingerprint // sorted
}

// A lateEvent is a row that a closed period did not have when it was made. It is one only if
// the copy that it was seen in counts.
type lateEvent struct {
	report      *reportconfig.Report
	period      ledger.Period
	id          string // of the transaction
	copyNumber  int64
	event       string
	at          time.Time
	net         money.Amount
	fingerprint Fingerprint
	nth         int // of equal rows of its transaction
}

func (w *Detector) Scan(ctx context.Context) *Scan {
	if w == nil {
		return nil
	}
	return &Scan{Detector: w, ctx: ctx, days: map[reportDay][]*closedPeriod{}, byID: map[int64]*closedPeriod{}}
}

// Look notes what is new in a copy of a transaction.
func (w *Scan) Look(tx *payment.Transaction, number int64) {
	if w == nil || w.err != nil {
		return
	}
	for _, report := range w.byStore[""] {
		w.lookFor(report, tx, number)
	}
	if tx.Store.ID != "" {
		for _, report := range w.byStore[tx.Store.ID] {
			w.lookFor(report, tx, number)
		}
	}
}

func (w *Scan) lookFor(report *reportconfig.Report, tx *payment.Transaction, number int64) {
	data := report.Data.(reportconfig.Transactions)
	var own [8]Fingerprint
	had := own[:0]
	for i := range tx.Events {
		e := &tx.Events[i]
		if !e.IsMovement() || e.Fault != nil || tx.Fault != nil || e.Repeats(tx.Events[:i]) {
			continue // what cannot be read now tells of no change
		}
		periods := w.periods(report, e.CreatedAt)
		if len(periods) == 0 {
			continue
		}
		net := e.Amount
		if len(data.Sellers) > 0 {
			if tx.OwnerFault != nil {
				continue
			}
			var err error
			if net, err = payment.Share(tx, e, data.Sellers); err != nil || net == 0 {
				continue // undecidable now, whatever it was then
			}
		}
		if e.Type == payment.EventRefund {
			net = -net
		}
		m := fingerprintOf(tx.ID, e.CreatedAt, net, tx.Currency)
		had = append(had, m)
		nth := countEqual(had, m)
		for _, p := range periods {
			if (calendar.Period{From: p.From, To: p.To}).Contains(e.CreatedAt) && !holdsTimes(p.fingerprints, m, nth) && len(w.seen) < maxLateEvents {
				w.seen = append(w.seen, lateEvent{report, p.Period, tx.ID, number, e.Type, e.CreatedAt, money.Amount{Minor: net, Currency: tx.Currency}, m, nth})
			}
		}
	}
}

func countEqual(list []Fingerprint, m Fingerprint) (n int) {
	for _, other := range list {
		if other == m {
			n++
		}
	}
	return n
}

// periods are those of a report that hold some of the UTC day of an instant.
func (w *Scan) periods(entry *reportconfig.Report, at time.Time) []*closedPeriod {
	const day = 24 * time.Hour
	start := at.UTC().Truncate(day)
	key := reportDay{entry, start.Unix() / int64(day/time.Second)}
	if known, ok := w.days[key]; ok || w.err != nil {
		return known
	}
	if w.queries++; w.queries > maxQueries {
		return nil
	}
	rows, err := w.closed.FingerprintedPeriods(w.ctx, w.account, entry.ID, start, start.Add(day))
	if err != nil {
		w.err = err
		return nil
	}
	var found []*closedPeriod
	for _, row := range rows {
		p, err := w.load(row)
		if err != nil {
			w.err = err
			return nil
		}
		if p.filterHash == report.FilterHash(entry.Data) { // else its filters were others
			found = append(found, p)
		}
	}
	w.days[key] = found
	return found
}

// load reads the marks of a period; a week is in the sight of seven days.
func (w *Scan) load(row ledger.Period) (*closedPeriod, error) {
	if p := w.byID[row.ID]; p != nil {
		return p, nil
	}
	packed, err := w.closed.Fingerprints(w.ctx, row.ID)
	if err != nil {
		return nil, err
	}
	p := &closedPeriod{Period: row}
	if p.filterHash, p.fingerprints, err = unpack(packed); err != nil {
		return nil, fmt.Errorf("%s %s: %w", row.Report, row.Name, err)
	}
	if w.loaded += len(p.fingerprints); w.loaded > maxLoaded {
		clear(w.days)
		clear(w.byID)
		w.loaded = len(p.fingerprints)
	}
	w.byID[row.ID] = p
	return p, nil
}
