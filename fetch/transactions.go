package fetch

import (
	"context"
	"iter"
	"net/url"
	"slices"
	"strconv"
	"time"
)

// voidedFor is how far before the snapshot a transaction may have been made that was
// voided after it. The API cannot be asked when one was voided; no authorisation
// lives longer than half a year.
const voidedFor = 180 * 24 * time.Hour

// thoroughFor is how far before the period a transaction may have been made that a
// thorough listing finds: refunds come long after the purchase.
const thoroughFor = 400 * 24 * time.Hour

// movedStatuses are those of a transaction that may have been captured, if only in part;
// what one is called whose rest was voided is not documented.
func movedStatuses() []string {
	return []string{"AUTHORIZATION_VOIDED", "CAPTURED", "PARTIALLY_CAPTURED", "PARTIALLY_CAPTURED_REFUNDED", "PARTIALLY_REFUNDED", "REFUNDED"}
}

// Transactions yields what the query asks for, more than that, and some of it twice, in
// no order. A long listing is read in windows of time, side by side.
//
// The period's transactions are those captured since From and those refunded since
// From: no upper bound, because how Dintero matches a transaction that was captured
// several times is not documented. A thorough listing has those made in the 400 days
// before as well, whatever Dintero says of when they moved. The open ones are those that are open now and
// those that something finished since To. Stores are asked of Dintero; what it lists of
// others all the same is counted and yielded, for the caller to cut.
func (c *Client) Transactions(ctx context.Context, q Query) iter.Seq2[Transaction, error] {
	return func(yield func(Transaction, error) bool) {
		strangers := 0
		defer func() {
			if strangers > 0 {
				c.log.WarnContext(ctx, "Dintero listed transactions of other stores than asked for", "count", strangers, "stores", q.Stores)
			}
		}()
		for _, part := range transactionParts(q) {
			for rows, err := range c.inWindows(ctx, c.transactionListing(q, part), part) {
				if err != nil {
					yield(Transaction{}, err)
					return
				}
				for i := range rows {
					if len(q.Stores) > 0 && !slices.Contains(q.Stores, rows[i].Store.ID) {
						strangers++
					}
					if !yield(rows[i], nil) {
						return
					}
				}
			}
		}
	}
}

// part is one of the listings that together answer a query.
type part struct {
	name  string
	by    moment    // what it may be cut into windows by
	since time.Time // its own lower bound of that; zero: none
	query url.Values
}

func transactionParts(q Query) []part {
	if !q.Open {
		parts := []part{movedSince("captured", capturedAt, q.From), movedSince("refunded", refundedAt, q.From)}
		if q.Thorough {
			made := movedSince("made", createdAt, q.From.Add(-thoroughFor))
			made.query["status"] = movedStatuses()
			parts = append(parts, made)
		}
		return parts
	}
	voided := movedSince("voided", createdAt, q.To.Add(-voidedFor))
	voided.name = "voided transactions"
	voided.query["status"] = []string{"AUTHORIZATION_VOIDED"}
	return []part{
		{name: "open transactions", by: createdAt, query: url.Values{"status": {"AUTHORIZED", "PARTIALLY_CAPTURED", "PARTIALLY_CAPTURED_REFUNDED", "ON_HOLD"}}},
		movedSince("captured", capturedAt, q.To),
		movedSince("refunded", refundedAt, q.To),
		voided,
	}
}

func movedSince(how string, by moment, since time.Time) part {
	text := apiTime(since)
	return part{name: "transactions " + how + " since " + text, by: by, since: since, query: url.Values{string(by) + ".gte": {text}}}
}

func (c *Client) transactionListing(q Query, p part) listing[rawTransaction, Transaction] {
	p.query.Set("limit", strconv.Itoa(pageSize))
	p.query.Set("includes", "events.success.true")
	if len(q.Stores) > 0 {
		p.query["store_id"] = q.Stores
	}
	return listing[rawTransaction, Transaction]{
		name:    p.name,
		url:     c.config.CheckoutURL + "/transactions",
		query:   p.query,
		convert: transaction,
		id:      func(t *Transaction) string { return t.ID },
	}
}

// apiTime writes an instant for a query: UTC, whole seconds, rounded down.
func apiTime(t time.Time) string { return t.UTC().Format(time.RFC3339) }
