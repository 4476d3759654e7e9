package fetch

import (
	"context"
	"fmt"
	"io"
	"iter"
	"net/url"
)

// listing is a GET that goes on page by page.
type listing[R, T any] struct {
	name    string // in errors and logs: "orders"
	url     string
	query   url.Values
	key     string // the member that holds the rows, or bare
	convert rowConverter[R, T]
	id      func(*T) string // of the row that the next page starts after; nil: only a token from the body leads on
}

// pages yields the rows of a listing page by page. A page is read whole before it
// is yielded. The listing ends at an empty page; one that names the next page by a
// token ends where the token is missing.
func pages[R, T any](ctx context.Context, c *Client, l listing[R, T]) iter.Seq2[[]T, error] {
	return func(yield func([]T, error) bool) {
		for ch := newChain(c, l); !ch.over; {
			rows, err := ch.next(ctx)
			if err != nil {
				yield(nil, err)
				return
			}
			if len(rows) > 0 && !yield(rows, nil) {
				return
			}
		}
	}
}

// chain is a listing that is being read: each page leads to the next. It can rest
// between two pages.
type chain[R, T any] struct {
	client   *Client
	listing  listing[R, T]
	progress *progress
	cursor   string
	read     int  // pages
	over     bool // there is no next page
}

func newChain[R, T any](c *Client, l listing[R, T]) *chain[R, T] {
	return &chain[R, T]{client: c, listing: l, progress: newProgress(c.maxPages)}
}

// next reads a page. After an error the chain cannot go on.
func (ch *chain[R, T]) next(ctx context.Context) ([]T, error) {
	ch.read++
	rows, token, err := readPage(ctx, ch.client, ch.listing, ch.cursor)
	if err == nil {
		ch.cursor, err = ch.progress.next(len(rows), ch.listing.idsOf(rows), token)
	}
	if err != nil {
		return nil, fmt.Errorf("%s: page %d: %w", ch.listing.name, ch.read, err)
	}
	ch.over = ch.cursor == ""
	return rows, nil
}

func readPage[R, T any](ctx context.Context, c *Client, l listing[R, T], cursor string) (rows []T, token string, err error) {
	query := url.Values{}
	for key, values := range l.query {
		query[key] = values
	}
	if cursor != "" {
		query.Set("starting_after", cursor)
	}
	target := l.url
	if len(query) > 0 {
		target += "?" + query.Encode()
	}
	err = c.get(ctx, l.name, target, func(body io.Reader) error {
		rows = rows[:0] // of a try that failed
		token, err = decodeEach(body, l.key, l.convert, func(row T) error {
			if len(rows) == maxRows && l.query.Has("limit") {
				return fmt.Errorf("more than %d rows in a page of %d", maxRows, pageSize)
			}
			rows = append(rows, row)
			return nil
		})
		return err
	})
	return rows, token, err
}

func (l listing[R, T]) idsOf(rows []T) []string {
	if l.id == nil {
		return nil
	}
	ids := make([]string, len(rows))
	for i := range rows {
		ids[i] = l.id(&rows[i])
	}
	return ids
}
