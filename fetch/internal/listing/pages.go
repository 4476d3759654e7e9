// Package listing reads Dintero's listings whole: page after page, and a long one of
// transactions in partitions of time, side by side.
//
// It refuses a listing that does not advance, goes in a circle or has no end, and does
// not trust partitions that together lack a row. It knows no query: what is asked for, and
// what of it counts, is its caller's matter.
package listing

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"iter"
	"log/slog"
	"net/url"
	"time"

	"rapport/fetch/internal/dinterojson"
)

// Limits of a listing.
const (
	PageSize = 100     // the most that Dintero gives of most things
	maxTimes = 10      // a page may ignore our limit, but not endlessly
	MaxPages = 100_000 // ten million rows
)

// Getter makes a GET request and gives the body of its answer to read, once for each try.
type Getter interface {
	Get(ctx context.Context, name, url string, read func(io.Reader) error) error
	// Hold lets what is read with the context count as held in memory; done is called when all
	// of it was read, release when it was used.
	Hold(ctx context.Context) (held context.Context, done, release func())
}

// Reader reads listings. Every field is required.
type Reader struct {
	Getter   Getter
	Now      func() time.Time
	InFlight int // requests at once, at most
	MaxPages int // of a listing; more is one without end
	Log      *slog.Logger
}

// Listing is a GET that goes on page by page.
type Listing[T any] struct {
	Name  string // in errors and logs: "orders"
	URL   string
	Query url.Values
	Page  dinterojson.Page[T]
	ID    func(*T) string // of the row that the next page starts after; nil: only a cursor in the page leads on
	Limit int             // rows of a page, as the query asks for; 0: PageSize
	// After puts a cursor into the query of the next page; nil: it is starting_after.
	After func(query url.Values, cursor string)
}

// Pages yields the rows of a listing page by page. A page is read whole before it
// is yielded. The listing ends at an empty page; one that names the next page by a
// cursor ends where the cursor is missing.
func Pages[T any](ctx context.Context, r *Reader, l Listing[T]) iter.Seq2[[]T, error] {
	return func(yield func([]T, error) bool) {
		for p := newPager(r, l); !p.over; {
			rows, release, err := p.next(ctx)
			if err != nil {
				yield(nil, err)
				return
			}
			more := len(rows) == 0 || yield(rows, nil)
			release()
			if !more {
				return
			}
		}
	}
}

// pager is a listing that is being read: each page leads to the next. It can rest
// between two pages.
type pager[T any] struct {
	getter  Getter
	listing Listing[T]
	guard   *cursorGuard
	cursor  string
	read    int  // pages
	over    bool // there is no next page
}

func newPager[T any](r *Reader, l Listing[T]) *pager[T] {
	return &pager[T]{getter: r.Getter, listing: l, guard: newCursorGuard(r.MaxPages)}
}

// next reads a page, which is released when it was used. After an error the pager cannot go on.
func (p *pager[T]) next(ctx context.Context) (rows []T, release func(), err error) {
	p.read++
	held, done, release := p.getter.Hold(ctx)
	rows, cursor, err := p.listing.page(held, p.getter, p.cursor)
	done()
	if err == nil {
		p.cursor, err = p.guard.next(len(rows), p.listing.ids(rows), cursor)
	}
	if err != nil {
		release()
		return nil, nil, fmt.Errorf("%s: page %d: %w", p.listing.Name, p.read, err)
	}
	p.over = p.cursor == ""
	return rows, release, nil
}

// page reads the page after a cursor, and the cursor that it names.
func (l *Listing[T]) page(ctx context.Context, getter Getter, after string) (rows []T, next string, err error) {
	query := url.Values{}
	for key, values := range l.Query {
		query[key] = values
	}
	switch {
	case after == "":
	case l.After != nil:
		l.After(query, after)
	default:
		query.Set("starting_after", after)
	}
	limit := cmp.Or(l.Limit, PageSize)
	target := l.URL
	if len(query) > 0 {
		target += "?" + query.Encode()
	}
	err = getter.Get(ctx, l.Name, target, func(body io.Reader) error {
		rows = rows[:0] // of a try that failed
		next, err = l.Page(body, func(row T) error {
			if len(rows) == maxTimes*limit && l.Query.Has("limit") {
				return fmt.Errorf("more than %d rows in a page of %d", maxTimes*limit, limit)
			}
			rows = append(rows, row)
			return nil
		})
		return err
	})
	return rows, next, err
}

func (l *Listing[T]) ids(rows []T) []string {
	if l.ID == nil {
		return nil
	}
	ids := make([]string, len(rows))
	for i := range rows {
		ids[i] = l.ID(&rows[i])
	}
	return ids
}
