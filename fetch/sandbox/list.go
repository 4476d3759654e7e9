package sandbox

import (
	"context"
	"iter"
	"net/http"
	"slices"
	"strings"

	"rapport/fetch/sandbox/internal/shop"
)

// listedDays is for how long after they were created orders and cards are listed.
const listedDays = 120

// numbered is a thing of a day: a transaction or a gift card.
type numbered interface {
	comparable
	Number() shop.Serial
}

// dayRows is how the things of the days from newest down to oldest become rows.
type dayRows[T numbered] struct {
	newest, oldest shop.Date
	of             func(shop.Date) []T      // newest first
	find           func(id string) T        // nil: there is none
	show           func(T) (r row, ok bool) // false: not listed
}

// page is the rows after a cursor. A listing ends with the context: one without bounds is long,
// and nobody waits for it any more.
func (l dayRows[T]) page(ctx context.Context, after string, limit int, faults faultSet) []row {
	return page(func(from string) iter.Seq[row] {
		return func(yield func(row) bool) {
			var none T
			newest, cursor := l.newest, l.find(from)
			if cursor != none {
				newest = min(newest, cursor.Number().Day)
			}
			for d := range shop.Days(newest, l.oldest) {
				things := l.of(d)
				if cursor != none && d == cursor.Number().Day {
					things = things[max(0, slices.IndexFunc(things, func(t T) bool { return t.Number() == cursor.Number() })):]
				}
				for _, t := range things {
					if r, ok := l.show(t); ctx.Err() != nil || ok && !yield(r) {
						return
					}
				}
			}
		}
	}, after, limit, faults)
}

// transactionsOf are the transactions of a day as the faults show them.
func (v view) transactionsOf(d shop.Date, faults faultSet) []*shop.Transaction {
	made := faults.applyTo(v.Day(d), v.Seed, v.DateOf(v.now)-d > 1)
	all := make([]*shop.Transaction, len(made))
	for i := range made {
		all[i] = &made[i]
	}
	return all
}

// listTransactions is GET /v1/transactions.
func (v view) listTransactions(r *http.Request, faults faultSet) answer {
	q := newQuery(r)
	f, limit := q.filter(), q.limit(most)
	f.onlyFirstCapture = faults.has("first-capture")
	after, _ := q.one("starting_after")
	v.onlySuccess = len(q.list("includes", "events.success.true")) > 0
	if a, wrong := q.refused(); wrong {
		return a
	}
	if after != "" && v.findTransaction(after, faults) == nil {
		return refuse(http.StatusNotFound, "not_found", "Not found", "starting_after: no transaction "+after)
	}
	wanted := f.days(v)
	days := dayRows[*shop.Transaction]{
		of: func(d shop.Date) []*shop.Transaction {
			if wanted != nil && !wanted[d] {
				return nil
			}
			return v.transactionsOf(d, faults)
		},
		find: func(id string) *shop.Transaction { return v.findTransaction(id, faults) },
		show: func(t *shop.Transaction) (row, bool) {
			return row{v.id(t), func(w *jsonWriter) { v.writeTransaction(w, t) }}, f.matches(v, t)
		},
	}
	days.newest, days.oldest = f.span(v)
	rows := days.page(r.Context(), after, limit, faults)
	return ok(func(w *jsonWriter) { writeRows(w, "", rows) })
}

// findTransaction is the transaction if it is visible as the faults show it, else nil.
func (v view) findTransaction(id string, faults faultSet) *shop.Transaction {
	serial, ok := v.serialOf(id)
	if !ok {
		return nil
	}
	for _, t := range v.transactionsOf(serial.Day, faults) {
		if t.Serial == serial && !t.Created.After(v.now) {
			return t
		}
	}
	return nil
}

func (v view) serialOf(id string) (shop.Serial, bool) {
	return shop.ParseTransactionID(v.Seed, strings.TrimPrefix(id, v.account+"."))
}
