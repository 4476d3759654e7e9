package insight

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"rapport/internal/ledger/served"
	"rapport/internal/money"
	"rapport/internal/payment"
)

const (
	statusFresh      = time.Minute
	checkoutFresh    = 10 * time.Minute
	mostTransactions = 200_000 // that are listed for one figure
)

// A payed is what the figures need of a transaction.
type payed struct {
	updated, created, last time.Time // last: of the event that gave the status
	product, currency      string
	amount                 int64
}

// A statusList is the transactions that have a status.
type statusList struct {
	all    []payed
	from   time.Time // of the event that gave the status; zero: any
	readAt time.Time
}

// statusCache keeps what was listed for a while. Of an account one listing is read at a time.
type statusCache struct {
	account *account
	mu      sync.Mutex
	known   map[string]statusList
	reading map[string]*reading
}

// errTooMuch is of a listing that is too long to be counted.
var errTooMuch = errors.New("more than 200000 transactions")

// of gives the transactions of a status, as they were no longer ago than fresh.
func (c *statusCache) of(q *request, status string, from time.Time, fresh time.Duration) ([]payed, error) {
	deadline, cancel := context.WithTimeout(q.Context(), figuresPatience)
	defer cancel()
	for {
		r, list := c.begin(q.server, status, from, fresh)
		if r == nil {
			return list.all, nil
		}
		select {
		case <-r.done:
		case <-deadline.Done():
			return nil, &failure{status: 500, code: "not_ready", message: "the figures are being read: ask again", retryAfter: "30"}
		}
		if errors.Is(r.err, errTooMuch) {
			return nil, &failure{status: 500, code: "too_much", message: "the account has more than 200000 transactions of this status"}
		}
		if r.err != nil {
			q.account.Log.Warn("key figures", "account", q.account.Config.Account, "status", status, "error", r.err)
			return nil, errUnavailable("the source of the payments cannot be read now")
		}
	}
}

// begin gives what is known, else the reading that finds out.
func (c *statusCache) begin(s *Server, status string, from time.Time, fresh time.Duration) (*reading, statusList) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if age := s.Now().Sub(c.known[status].readAt); !c.known[status].readAt.IsZero() && !c.known[status].from.After(from) && age < fresh && age >= 0 {
		return nil, c.known[status]
	}
	if c.reading[status] != nil {
		return c.reading[status], statusList{}
	}
	if c.reading == nil {
		c.reading, c.known = map[string]*reading{}, map[string]statusList{}
	}
	r := &reading{done: make(chan struct{})}
	c.reading[status] = r
	go func() {
		defer close(r.done)
		all, readAt := []payed(nil), s.Now()
		defer func() {
			if p := recover(); p != nil {
				r.err = fmt.Errorf("panic: %v", p)
			}
			c.mu.Lock()
			defer c.mu.Unlock()
			if delete(c.reading, status); r.err == nil {
				c.known[status] = statusList{all, from, readAt}
			}
		}()
		all, r.err = c.list(s.Background, status, from)
	}()
	return r, statusList{}
}

// list reads the listing; of a transaction that comes twice the newest copy counts.
func (c *statusCache) list(ctx context.Context, status string, from time.Time) ([]payed, error) {
	byID, other := map[string]payed{}, map[string]time.Time{}
	for tx, err := range c.account.Source.Transactions(ctx, payment.Query{Status: status, From: from}) {
		if err != nil {
			return nil, err
		}
		if tx.Status != status { // a source may list more than was asked for, and an older copy first
			if known, ok := byID[tx.ID]; ok && tx.UpdatedAt.After(known.updated) {
				delete(byID, tx.ID)
			}
			other[tx.ID] = tx.UpdatedAt
			continue
		}
		if newer, ok := other[tx.ID]; ok && newer.After(tx.UpdatedAt) {
			continue
		}
		if known, ok := byID[tx.ID]; ok && !tx.UpdatedAt.After(known.updated) {
			continue
		}
		byID[tx.ID] = payed{
			updated: tx.UpdatedAt, created: tx.CreatedAt, last: lastEvent(&tx, status), product: tx.ProductType, currency: string(tx.Currency), amount: tx.Amount,
		}
		if len(byID) > mostTransactions {
			return nil, errTooMuch
		}
	}
	return slices.Collect(maps.Values(byID)), nil
}

// lastEvent is when what gave a transaction its status happened last; zero: it is not told.
func lastEvent(tx *payment.Transaction, status string) (last time.Time) {
	kind := map[string]string{"CAPTURED": payment.EventCapture, "REFUNDED": payment.EventRefund, "AUTHORIZED": payment.EventAuthorize}[status]
	for i := range tx.Events {
		if e := &tx.Events[i]; e.Success && e.Type == kind && e.CreatedAt.After(last) {
			last = e.CreatedAt
		}
	}
	return last
}

// statusFigures is GET …/insight/kpi/checkout-transaction-status.
func statusFigures(q *request) (any, error) {
	p := parameters{values: q.URL.Query()}
	p.choice("interval", "day")
	status := p.choice("status", "AUTHORIZED")
	from := p.since("created_at_gte", true)
	if err := p.refused(); err != nil {
		return nil, err
	}
	if from.After(q.server.Now()) {
		return kpiAnswer(nil), nil
	}
	all, err := q.account.statuses.of(q, status, time.Time{}, statusFresh)
	if err != nil {
		return nil, err
	}
	sums := map[cell]served.DayFigure{}
	for _, one := range all {
		if one.created.Before(from) {
			continue
		}
		at := cell{day: one.created.UTC().Truncate(day), product: one.product, currency: one.currency}
		f := sums[at]
		f.Day, f.ProductType, f.Currency, f.Count = at.day, at.product, at.currency, f.Count+1
		if f.Sum, err = money.Add(f.Sum, one.amount); err != nil {
			return nil, err
		}
		sums[at] = f
	}
	return kpiAnswer(slices.Collect(maps.Values(sums))), nil
}

// A checkoutFigure is the answer for one function.
type checkoutFigure struct {
	Name   string          `json:"kpi_name"`
	Values []checkoutValue `json:"values"`
}

type checkoutValue struct {
	Value    int64  `json:"value"`
	Date     string `json:"date"`
	Currency string `json:"currency,omitempty"`
}

// checkoutFigures is GET …/insight/kpi/checkout, which Dintero has given up.
func checkoutFigures(q *request) (any, error) {
	p := parameters{values: q.URL.Query()}
	interval := p.choice("interval", "day", "week", "month")
	p.choice("field", "total_amount")
	status := p.choice("transaction_status", "CAPTURED", "REFUNDED", "AUTHORIZED")
	functions := p.functions("aggregate_functions")
	from := p.since("event_created_at_gte", false)
	if err := p.refused(); err != nil {
		return nil, err
	}
	now := q.server.Now()
	var all []payed
	var err error
	if !from.After(now) {
		if all, err = q.account.statuses.of(q, status, from, checkoutFresh); err != nil {
			return nil, err
		}
	}
	type bucket struct {
		start    time.Time
		currency string
	}
	sums, currencies := map[bucket]served.DayFigure{}, map[string]bool{}
	running := startOf(interval, now)
	for _, one := range all {
		start := startOf(interval, one.last)
		if one.last.IsZero() || one.last.Before(from) || !start.Before(running) {
			continue
		}
		at := bucket{start, one.currency}
		f := sums[at]
		f.Count++
		if f.Sum, err = money.Add(f.Sum, one.amount); err != nil {
			return nil, err
		}
		sums[at], currencies[one.currency] = f, true
	}
	places := slices.SortedFunc(maps.Keys(sums), func(a, b bucket) int {
		return cmp.Or(a.start.Compare(b.start), cmp.Compare(a.currency, b.currency))
	})
	byCurrency := slices.Contains(functions, "currency") || len(currencies) > 1
	answer := []checkoutFigure{}
	for _, function := range functions {
		if function == "currency" {
			continue
		}
		figure := checkoutFigure{Name: function, Values: []checkoutValue{}}
		for _, at := range places {
			v := checkoutValue{Date: at.start.Format("2006-01-02T15:04:05Z"), Value: aggregate(function, sums[at])}
			if byCurrency {
				v.Currency = at.currency
			}
			figure.Values = append(figure.Values, v)
		}
		answer = append(answer, figure)
	}
	return answer, nil
}

func aggregate(function string, f served.DayFigure) int64 {
	switch function {
	case "sum":
		return f.Sum
	case "count":
		return f.Count
	}
	return ratio(f.Sum, f.Count)
}

// startOf is when the interval begins that an instant lies in: a UTC day, a week from Monday, a month.
func startOf(interval string, t time.Time) time.Time {
	t = t.UTC()
	start := time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, time.UTC)
	switch interval {
	case "week":
		return start.AddDate(0, 0, -(int(start.Weekday())+6)%7)
	case "month":
		return start.AddDate(0, 0, 1-start.Day())
	}
	return start
}

// functions reads a JSON array in a string; the same word twice counts once.
func (p *parameters) functions(name string) (all []string) {
	text, given := p.one(name, true)
	if !given {
		return nil
	}
	const want = ` must be a JSON array of sum, avg, count and currency, like ["sum","currency"]`
	var words []string
	if err := json.Unmarshal([]byte(text), &words); err != nil || len(words) == 0 {
		p.bad(name, name+want)
		return nil
	}
	for _, w := range words {
		if !slices.Contains([]string{"sum", "avg", "count", "currency"}, w) {
			p.bad(name, name+want)
			return nil
		}
		if !slices.Contains(all, w) {
			all = append(all, w)
		}
	}
	if len(all) == 1 && all[0] == "currency" {
		p.bad(name, name+" has currency alone: add sum, avg or count")
	}
	return all
}
