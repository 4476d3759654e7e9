package fetch

import (
	"context"
	"iter"
	"net/url"
	"slices"
	"strconv"
	"time"

	"rapport/fetch/internal/dinterojson"
	"rapport/fetch/internal/listing"
	"rapport/internal/payment"
)

// voidedFor is how far before the snapshot a transaction may have been made that was
// voided after it. The API cannot be asked when one was voided; no authorisation
// lives longer than half a year.
const voidedFor = 180 * 24 * time.Hour

// thoroughFor is how far before the period a transaction may have been made that a
// thorough listing finds: refunds come long after the purchase.
const thoroughFor = 400 * 24 * time.Hour

// Transactions yields what the query asks for, more than that, and some of it twice, in
// no order. A long listing is read in partitions of time, side by side.
//
// The period's transactions are those captured since From and those refunded since
// From: no upper bound, because how Dintero matches a transaction that was captured
// several times is not documented. A thorough query lists those made in the 400 days
// before as well, whatever Dintero says of when they moved. The open ones are those that
// are open now and those that something finished since To. Authorisations and
// cancellations are found by when their transactions were made. Stores are asked of Dintero;
// what it lists of others all the same is counted and yielded, for the caller to cut.
func (c *Client) Transactions(ctx context.Context, q payment.Query) iter.Seq2[payment.Transaction, error] {
	return func(yield func(payment.Transaction, error) bool) {
		foreign := 0
		defer func() {
			if foreign > 0 {
				c.log.WarnContext(ctx, "Dintero listed transactions of other stores than asked for", "count", foreign, "stores", q.Stores)
			}
		}()
		for _, sub := range sublistings(q) {
			for rows, err := range c.reader.Partitioned(ctx, c.transactionListing(q, sub), sub.by, sub.since) {
				if err != nil {
					yield(payment.Transaction{}, c.api.Shown(err))
					return
				}
				for i := range rows {
					if len(q.Stores) > 0 && !slices.Contains(q.Stores, rows[i].Store.ID) {
						foreign++
					}
					if !yield(rows[i], nil) {
						return
					}
				}
			}
		}
	}
}

// sublisting is one of the listings that together answer a query.
type sublisting struct {
	name  string
	by    listing.TimeField // what it may be partitioned by
	since time.Time         // its own lower bound of that; zero: none
	query url.Values
}

func sublistings(q payment.Query) []sublisting {
	at := q.From
	if q.Open {
		at = q.To
	}
	moved := []sublisting{listedSince("captured", listing.CapturedAt, at), listedSince("refunded", listing.RefundedAt, at)}
	switch {
	case q.Status != "":
		return []sublisting{withStatus(q.Status, q.From)}
	case q.Events:
		return append(moved, listedSince("made", listing.CreatedAt, q.From.Add(-voidedFor)))
	case q.Open:
		open := sublisting{name: "open transactions", by: listing.CreatedAt, query: url.Values{"status": {"AUTHORIZED", "PARTIALLY_CAPTURED", "PARTIALLY_CAPTURED_REFUNDED", "ON_HOLD"}}}
		voided := listedSince("voided", listing.CreatedAt, q.To.Add(-voidedFor), "AUTHORIZATION_VOIDED")
		voided.name = "voided transactions"
		return slices.Concat([]sublisting{open}, moved, []sublisting{voided})
	case q.Thorough:
		// Those that may have been captured, if only in part; what one is called whose rest
		// was voided is not documented.
		return append(moved, listedSince("made", listing.CreatedAt, q.From.Add(-thoroughFor),
			"AUTHORIZATION_VOIDED", "CAPTURED", "PARTIALLY_CAPTURED", "PARTIALLY_CAPTURED_REFUNDED", "PARTIALLY_REFUNDED", "REFUNDED"))
	}
	return moved
}

// withStatus is the listing of those that have a status now.
func withStatus(status string, since time.Time) sublisting {
	by, known := map[string]listing.TimeField{"CAPTURED": listing.CapturedAt, "REFUNDED": listing.RefundedAt}[status]
	if known && !since.IsZero() {
		return listedSince("of "+status, by, since, status)
	}
	return sublisting{name: status + " transactions", by: listing.CreatedAt, query: url.Values{"status": {status}}}
}

func listedSince(how string, by listing.TimeField, since time.Time, statuses ...string) sublisting {
	text := listing.FormatTime(since)
	s := sublisting{name: "transactions " + how + " since " + text, by: by, since: since, query: url.Values{string(by) + ".gte": {text}}}
	if len(statuses) > 0 {
		s.query["status"] = statuses
	}
	return s
}

func (c *Client) transactionListing(q payment.Query, s sublisting) listing.Listing[payment.Transaction] {
	s.query.Set("limit", strconv.Itoa(listing.PageSize))
	s.query.Set("includes", "events.success.true")
	if len(q.Stores) > 0 {
		s.query["store_id"] = q.Stores
	}
	return listing.Listing[payment.Transaction]{
		Name:  s.name,
		URL:   c.checkout + "/transactions",
		Query: s.query,
		Page:  dinterojson.Transactions,
		ID:    func(t *payment.Transaction) string { return t.ID },
	}
}
