package pipeline

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"rapport/fetch"
	"rapport/internal/ledger"
	"rapport/internal/money"
	"rapport/reportconfig"
)

// Closed is what the ledger knows of the rows of periods that were made.
type Closed interface {
	FingerprintedPeriods(ctx context.Context, account, report string, from, to time.Time) ([]ledger.Period, error)
	Fingerprints(ctx context.Context, periodID int64) ([]byte, error)
	RecordChange(ctx context.Context, periodID int64, marks []byte, a ledger.Alarm) error
}

// A watchman looks, in all that is read for whichever report, for captures and refunds that
// lie in a period that was made before and that the report of it did not have: Dintero told
// of them too late, or another thing than now. The operator hears of each once. He compares
// only reports whose filters are what they were, and says nothing of what is gone again.
type watchman struct {
	account string
	closed  Closed
	byStore map[string][]*reportconfig.Report // those that are cut to stores; under "" the others

	telling sync.Mutex // who finds the same in two batches tells it once
}

func newWatchman(account string, closed Closed, reports []reportconfig.Report) *watchman {
	w := &watchman{account: account, closed: closed, byStore: map[string][]*reportconfig.Report{}}
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
	mostLooks      = 20_000
	mostInSight    = 1 << 20
	mostLatecomers = 1_000
)

// A watch is the watchman's during one reading. The nil one sees nothing.
type watch struct {
	*watchman
	ctx   context.Context
	days  map[reportDay][]*closedPeriod
	byID  map[int64]*closedPeriod
	marks int // in sight
	looks int
	seen  []latecomer
	err   error // the first; after it nothing is looked at
}

type reportDay struct {
	report *reportconfig.Report
	day    int64 // UTC, since 1970
}

// A closedPeriod is a period that was made, and the marks of its rows.
type closedPeriod struct {
	ledger.Period
	basis string
	marks []mark // sorted
}

// A latecomer is a row that a closed period did not have when it was made. It is one only if
// the copy that it was seen in counts.
type latecomer struct {
	report *reportconfig.Report
	period ledger.Period
	id     string // of the transaction
	copy   int64
	event  string
	at     time.Time
	net    money.Amount
	mark   mark
	nth    int // of equal rows of its transaction
}

func (w *watchman) watch(ctx context.Context) *watch {
	if w == nil {
		return nil
	}
	return &watch{watchman: w, ctx: ctx, days: map[reportDay][]*closedPeriod{}, byID: map[int64]*closedPeriod{}}
}

// look notes what is new in a copy of a transaction.
func (w *watch) look(tx *fetch.Transaction, number int64) {
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

func (w *watch) lookFor(report *reportconfig.Report, tx *fetch.Transaction, number int64) {
	data := report.Data.(reportconfig.Transactions)
	var own [8]mark
	had := own[:0]
	for i := range tx.Events {
		e := &tx.Events[i]
		if !isMovement(e) || repeated(tx.Events[:i], e) {
			continue
		}
		periods := w.periods(report, e.CreatedAt)
		if len(periods) == 0 {
			continue
		}
		net := e.Amount
		if len(data.Sellers) > 0 {
			var err error
			if net, err = share(tx, e, data.Sellers); err != nil || net == 0 {
				continue // undecidable now, whatever it was then
			}
		}
		if e.Type == refundEvent {
			net = -net
		}
		m := markOf(tx.ID, e.CreatedAt, net, tx.Currency)
		had = append(had, m)
		nth := count(had, m)
		for _, p := range periods {
			if within(e.CreatedAt, reportconfig.Period{From: p.From, To: p.To}) && !holds(p.marks, m, nth) && len(w.seen) < mostLatecomers {
				w.seen = append(w.seen, latecomer{report, p.Period, tx.ID, number, e.Type, e.CreatedAt, money.Amount{Minor: net, Currency: tx.Currency}, m, nth})
			}
		}
	}
}

func isMovement(e *fetch.Event) bool {
	return e.Success && (e.Type == captureEvent || e.Type == refundEvent)
}

func count(list []mark, m mark) (n int) {
	for _, other := range list {
		if other == m {
			n++
		}
	}
	return n
}

// periods are those of a report that hold some of the UTC day of an instant.
func (w *watch) periods(report *reportconfig.Report, at time.Time) []*closedPeriod {
	const day = 24 * time.Hour
	start := at.UTC().Truncate(day)
	key := reportDay{report, start.Unix() / int64(day/time.Second)}
	if known, ok := w.days[key]; ok || w.err != nil {
		return known
	}
	if w.looks++; w.looks > mostLooks {
		return nil
	}
	rows, err := w.closed.FingerprintedPeriods(w.ctx, w.account, report.ID, start, start.Add(day))
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
		if p.basis == basis(report) { // else its filters were others
			found = append(found, p)
		}
	}
	w.days[key] = found
	return found
}

// load reads the marks of a period; a week is in the sight of seven days.
func (w *watch) load(row ledger.Period) (*closedPeriod, error) {
	if p := w.byID[row.ID]; p != nil {
		return p, nil
	}
	packed, err := w.closed.Fingerprints(w.ctx, row.ID)
	if err != nil {
		return nil, err
	}
	p := &closedPeriod{Period: row}
	if p.basis, p.marks, err = unpackMarks(packed); err != nil {
		return nil, fmt.Errorf("%s %s: %w", row.Report, row.Name, err)
	}
	if w.marks += len(p.marks); w.marks > mostInSight {
		clear(w.days)
		clear(w.byID)
		w.marks = len(p.marks)
	}
	w.byID[row.ID] = p
	return p, nil
}
