// Package lateevents finds captures and refunds that appear in periods whose reports were made
// before: each made period has the fingerprints of its rows in the ledger, and whatever is read
// later is held against them. The operator is told of each once. It changes no report.
package lateevents

import (
	"context"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"sync"
	"sync/atomic"
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
	FingerprintedPeriods(ctx context.Context, account string, from, to time.Time) ([]ledger.Period, error)
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
	watched atomic.Pointer[watched]

	alarming sync.Mutex // who finds the same in two batches tells it once

	mu     sync.Mutex
	looked map[string]time.Time // when a reading of the same was held against the closed periods, whole
}

// watched are the reports that are looked at.
type watched struct {
	byStore  map[string][]*reportconfig.Report // those that are cut to stores; under "" those that are cut to nothing
	ofSeller map[string][]*reportconfig.Report // those that are cut to sellers, and to no stores
}

// lookAgain is how soon the same is looked at again: what is read once for each batch of many reports is not looked at
// with each.
const lookAgain = 30 * time.Minute

func NewDetector(account string, zone *time.Location, closed ClosedPeriods, reports []reportconfig.Report, log *slog.Logger) *Detector {
	w := &Detector{account: account, zone: zone, closed: closed, log: log}
	w.SetReports(reports)
	return w
}

// SetReports has scans that begin from now on look at these reports.
func (w *Detector) SetReports(reports []reportconfig.Report) {
	of := &watched{byStore: map[string][]*reportconfig.Report{}, ofSeller: map[string][]*reportconfig.Report{}}
	for i := range reports {
		data, ok := reports[i].Data.(reportconfig.Transactions)
		if !ok {
			continue
		}
		cutTo, values := of.byStore, data.Stores
		switch {
		case len(values) == 0 && len(data.Sellers) > 0:
			cutTo, values = of.ofSeller, data.Sellers
		case len(values) == 0:
			values = []string{""}
		}
		for _, value := range slices.Compact(slices.Sorted(slices.Values(values))) {
			cutTo[value] = append(cutTo[value], &reports[i])
		}
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.looked = map[string]time.Time{} // that was for others
	w.watched.Store(of)
}

// What one reading may cost: periods whose fingerprints are loaded, fingerprints in memory, and rows that are kept to be told.
const (
	maxLoads      = 20_000
	maxLoaded     = 1 << 20
	maxLateEvents = 1_000
)

// A Scan holds one reading against the closed periods. The nil one sees nothing.
type Scan struct {
	*Detector
	*watched
	ctx    context.Context
	of     string // what is read
	days   map[reportDay][]*closedPeriod
	rows   map[int64]map[string][]ledger.Period // by UTC day since 1970, and report
	byID   map[int64]*closedPeriod
	loaded int // fingerprints in memory
	loads  int
	met    []*reportconfig.Report // of one transaction
	seen   []lateEvent
	err    error // the first; after it nothing is looked at
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

// Scan begins to hold a reading against the closed periods; nil if the same was, a moment ago.
func (w *Detector) Scan(ctx context.Context, q payment.Query, now time.Time) *Scan {
	if w == nil {
		return nil
	}
	of := fmt.Sprint(q)
	w.mu.Lock()
	defer w.mu.Unlock()
	maps.DeleteFunc(w.looked, func(_ string, at time.Time) bool { return now.Sub(at) >= lookAgain || at.After(now) })
	if _, recently := w.looked[of]; recently {
		return nil
	}
	return &Scan{Detector: w, watched: w.watched.Load(), ctx: ctx, of: of, days: map[reportDay][]*closedPeriod{}, rows: map[int64]map[string][]ledger.Period{}, byID: map[int64]*closedPeriod{}}
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
	if len(w.ofSeller) == 0 {
		return
	}
	w.met = w.met[:0]
	for seller := range payment.Sellers(tx) {
		for _, report := range w.ofSeller[seller] {
			if !slices.Contains(w.met, report) {
				w.met = append(w.met, report)
				w.lookFor(report, tx, number)
			}
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

const day = 24 * time.Hour

// periods are those of a report that hold some of the UTC day of an instant.
func (w *Scan) periods(entry *reportconfig.Report, at time.Time) []*closedPeriod {
	key := reportDay{entry, at.Unix() / int64(day/time.Second)}
	rows := w.closedOn(key.day)[entry.ID]
	if len(rows) == 0 { // most days of most reports: nothing is kept of those
		return nil
	}
	if known, ok := w.days[key]; ok {
		return known
	}
	var found []*closedPeriod
	for _, row := range rows {
		p, err := w.load(row)
		if err != nil {
			w.err = err
			return nil
		}
		if p != nil && p.filterHash == report.FilterHash(entry.Data) { // else its filters were others
			found = append(found, p)
		}
	}
	w.days[key] = found
	return found
}

// closedOn gives the periods of all reports that hold some of a UTC day.
func (w *Scan) closedOn(number int64) map[string][]ledger.Period {
	if known, ok := w.rows[number]; ok || w.err != nil {
		return known
	}
	start := time.Unix(number*int64(day/time.Second), 0)
	rows, err := w.closed.FingerprintedPeriods(w.ctx, w.account, start, start.Add(day))
	if err != nil {
		w.err = err
		return nil
	}
	byReport := map[string][]ledger.Period{}
	for _, row := range rows {
		byReport[row.Report] = append(byReport[row.Report], row)
	}
	w.rows[number] = byReport
	return byReport
}

// load reads the fingerprints of a period, once; nil when too many were.
func (w *Scan) load(row ledger.Period) (*closedPeriod, error) {
	if p := w.byID[row.ID]; p != nil {
		return p, nil
	}
	if w.loads++; w.loads > maxLoads {
		return nil, nil
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
