package sandbox

import (
	"iter"
	"net/http"
	"strings"
)

// row is a thing in a listing and its cursor.
type row struct {
	id   string
	show func() any
}

// listing is the rows from a cursor on, newest first, the cursor's own included
// where it still matches; all rows when from is empty.
type listing func(from string) iter.Seq[row]

// listTransactions is GET /v1/transactions.
func (v view) listTransactions(r *http.Request, faults faultSet) answer {
	q := newQuery(r)
	f, limit := q.filter(), q.limit()
	f.onlyFirstCapture = faults.has("first-capture")
	after, _ := q.one("starting_after")
	v.onlySuccess = len(q.list("includes", "events.success.true")) > 0
	if a, wrong := q.refused(); wrong {
		return a
	}
	if after != "" && v.findTransaction(after, faults) == nil {
		return refuse(http.StatusNotFound, "not_found", "Not found", "starting_after: no transaction "+after)
	}
	rows := page(func(from string) iter.Seq[row] { return v.transactionRows(r, &f, from, faults) }, after, limit, faults)
	return ok(shown(rows))
}

func (v view) transactionRows(r *http.Request, f *filter, from string, faults faultSet) iter.Seq[row] {
	return func(yield func(row) bool) {
		newest, oldest := f.span(v)
		cursor := v.findTransaction(from, faults)
		if cursor != nil {
			newest = min(newest, cursor.day)
		}
		var last date
		for t := range v.candidates(f, newest, oldest, faults) {
			if t.day != last && r.Context().Err() != nil {
				return // a listing without bounds is long, and nobody waits for it any more
			}
			last = t.day
			if (cursor != nil && newestFirst(*t, *cursor) < 0) || !f.matches(v, t) {
				continue
			}
			if !yield(row{v.id(t), func() any { return v.transaction(t) }}) {
				return
			}
		}
	}
}

// candidates are the transactions that may match: those of the days of the ids
// asked for, else those of the days in question.
func (v view) candidates(f *filter, newest, oldest date, faults faultSet) iter.Seq[*transaction] {
	if f.ids == nil {
		return v.made(newest, oldest, faults)
	}
	return func(yield func(*transaction) bool) {
		for d := range v.datesOf(f.ids, newest, oldest) {
			for t := range v.made(d, d, faults) {
				if !yield(t) {
					return
				}
			}
		}
	}
}

// findTransaction is the transaction if it is visible as the faults bend it, else nil.
func (v view) findTransaction(id string, faults faultSet) *transaction {
	p, ok := findPlace(v.seed, strings.TrimPrefix(id, v.account+"."))
	if !ok {
		return nil
	}
	for t := range v.made(p.day, p.day, faults) {
		if t.place == p && !t.created.After(v.now) {
			return t
		}
	}
	return nil
}

// datesOf are the days of the ids, newest first, each once.
func (v view) datesOf(ids []string, newest, oldest date) iter.Seq[date] {
	wanted := map[date]bool{}
	for _, id := range ids {
		if p, ok := findPlace(v.seed, strings.TrimPrefix(id, v.account+".")); ok {
			wanted[p.day] = true
		}
	}
	return func(yield func(date) bool) {
		for d := newest; d >= max(oldest, 0) && len(wanted) > 0; d-- {
			if wanted[d] {
				delete(wanted, d)
				if !yield(d) {
					return
				}
			}
		}
	}
}

// take are the first n rows.
func take(rows iter.Seq[row], n int) []row {
	var out []row
	for r := range rows {
		if out = append(out, r); len(out) == n {
			break
		}
	}
	return out
}

func shown(rows []row) []any {
	out := make([]any, len(rows))
	for i := range rows {
		out[i] = rows[i].show()
	}
	return out
}
