// Package listpage cuts long lists into numbered pages, and keeps what a list was chosen by. It refuses
// no number: what is none is the first page, and behind the last there is an empty one.
package listpage

import (
	"net/url"
	"strconv"
)

// A Page is where in a long list somebody is.
type Page struct {
	Number int
	More   bool
	Query  string // what the list is chosen by, to go on with
}

// Before is the page of what is newer.
func (p Page) Before() int { return p.Number - 1 }

// After is the page of what is older.
func (p Page) After() int { return p.Number + 1 }

// Of is the page that a query asks for.
func Of(q url.Values) Page {
	n, err := strconv.Atoi(q.Get("page"))
	q.Del("page")
	q.Del("done")
	rest := q.Encode()
	if rest != "" {
		rest += "&"
	}
	if err != nil || n < 1 || n > 1_000_000 {
		n = 1
	}
	return Page{Number: n, Query: rest}
}

// Slice is one page of a list, and whether there are more.
func Slice[T any](all []T, number, size int) ([]T, bool) {
	all = all[min((number-1)*size, len(all)):]
	return all[:min(size, len(all))], len(all) > size
}
