package sandbox

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"
)

// query reads parameters and collects what is wrong with them, by name.
type query struct {
	values   url.Values
	read     map[string]bool
	problems []string
}

func newQuery(r *http.Request) *query {
	q := &query{read: map[string]bool{}}
	values, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		q.problems = append(q.problems, "query: "+err.Error())
	}
	q.values = values
	return q
}

// refused is the 400 for everything found wrong; unknown parameters are wrong too.
func (q *query) refused() (answer, bool) {
	for name := range q.values {
		if !q.read[name] {
			q.problems = append(q.problems, name+": unknown parameter")
		}
	}
	if len(q.problems) == 0 {
		return answer{}, false
	}
	slices.Sort(q.problems)
	return refuse(http.StatusBadRequest, "invalid_request", "Invalid request: "+q.problems[0], q.problems...), true
}

func (q *query) bad(name, why string) { q.problems = append(q.problems, name+": "+why) }

// list is a parameter that may come several times; with options, one of them.
func (q *query) list(name string, options ...string) []string {
	q.read[name] = true
	for _, v := range q.values[name] {
		if len(options) > 0 && !slices.Contains(options, v) {
			q.bad(name, fmt.Sprintf("%q is not one of the options", v))
		}
	}
	return q.values[name]
}

func (q *query) one(name string, options ...string) (string, bool) {
	all := q.list(name, options...)
	if len(all) > 1 {
		q.bad(name, "given more than once")
	}
	if len(all) == 0 {
		return "", false
	}
	return all[0], true
}

// atMostOne is the value of a parameter that may come once, as a list; nil where not given.
func (q *query) atMostOne(name string) []string {
	if v, given := q.one(name); given {
		return []string{v}
	}
	return nil
}

func (q *query) limit(most int) int {
	text, given := q.one("limit")
	if !given {
		return 10
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 || n > most {
		q.bad("limit", fmt.Sprintf("must be an integer from 1 to %d", most))
		return 10
	}
	return n
}

// most is the largest page of most listings.
const most = 100

// amount is minor units, not negative; nil where not given.
func (q *query) amount(name string) *int64 {
	text, given := q.one(name)
	if !given {
		return nil
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n < 0 {
		q.bad(name, "must be a non-negative integer")
	}
	return &n
}

// instant is an ISO 8601 date or time; without a zone it is UTC. Zero where not given.
func (q *query) instant(name string) time.Time {
	text, given := q.one(name)
	if !given {
		return time.Time{}
	}
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02T15:04:05.999999999", "2006-01-02T15:04", "2006-01-02"} {
		if t, err := time.Parse(layout, text); err == nil {
			return t
		}
	}
	q.bad(name, fmt.Sprintf("%q is not an ISO 8601 date or time", text))
	return time.Time{}
}

// window is an inclusive range of instants; a zero bound is none.
type window struct{ from, to time.Time }

func (q *query) window(name string) window {
	return window{q.instant(name + ".gte"), q.instant(name + ".lte")}
}

func (w window) given() bool { return !w.from.IsZero() || !w.to.IsZero() }

func (w window) holds(t time.Time) bool {
	return !t.Before(w.from) && (w.to.IsZero() || !t.After(w.to))
}
