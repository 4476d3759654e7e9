package fetch

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"net/url"
	"strconv"
	"time"

	"rapport/fetch/internal/dinterojson"
	"rapport/fetch/internal/listing"
	"rapport/internal/payment"
)

// settlementsPage is the most that Dintero gives on a page of settlements.
const settlementsPage = 1000

// Settlements yields the settlements that the query asks for, of all providers and sellers,
// in the order of the listing. Dintero filters by date in UTC, so a day more is asked for.
//
// The order of Dintero's listing is not documented: what arrives while its pages are read may fall
// on one that was read already. So a listing of several pages is followed by one of what was made
// since it began; of those each that was not yielded yet, or is not older now: of equal copies, which
// may come several times, the last is the newest.
func (c *Client) Settlements(ctx context.Context, q payment.SettlementQuery) iter.Seq2[payment.Settlement, error] {
	return func(yield func(payment.Settlement, error) bool) {
		known := map[string]time.Time{} // when those that were yielded were changed last
		since := time.Time{}            // of what arrived meanwhile, those that are asked for
		for range mostSettlementListings {
			began, pages, fresh := c.reader.Now(), 0, false
			for rows, err := range listing.Pages(ctx, c.reader, c.settlementListing(q)) {
				if err != nil {
					yield(payment.Settlement{}, err)
					return
				}
				pages++
				for i := range rows {
					changed, is := known[rows[i].ID]
					if is && rows[i].UpdatedAt.Before(changed) || rows[i].Fault == nil && rows[i].SettledAt.Before(since) {
						continue
					}
					known[rows[i].ID], fresh = rows[i].UpdatedAt, fresh || !is || rows[i].UpdatedAt.After(changed)
					if !yield(rows[i], nil) {
						return
					}
				}
			}
			if pages <= 1 && len(known) < settlementsPage || !fresh { // nothing can have arrived in between, or nothing did
				return
			}
			if q.CreatedFrom.IsZero() && !q.SettledFrom.IsZero() {
				since = q.SettledFrom.AddDate(0, 0, -1)
			}
			q.CreatedFrom = began
		}
	}
}

// mostSettlementListings is how often a listing is followed by another one of what arrived meanwhile.
const mostSettlementListings = 5

func (c *Client) settlementListing(q payment.SettlementQuery) listing.Listing[payment.Settlement] {
	query := url.Values{"limit": {strconv.Itoa(settlementsPage)}}
	since := func(parameter string, at time.Time) {
		query.Set(parameter, at.UTC().AddDate(0, 0, -1).Format(time.DateOnly))
	}
	switch {
	case !q.CreatedFrom.IsZero(): // the two cannot be combined
		since("item_created_at.gte", q.CreatedFrom)
	case !q.SettledFrom.IsZero():
		since("created_at.gte", q.SettledFrom) // Dintero's name for the date of settlement
	}
	return listing.Listing[payment.Settlement]{
		Name: "settlements", URL: c.accountURL("settlements"), Query: query, Limit: settlementsPage,
		Page: dinterojson.Settlements, // without ID: the next page has a cursor of two parts, or there is none
		After: func(query url.Values, cursor string) {
			id, date := dinterojson.SplitCursor(cursor)
			query.Set("starting_after_id", id)
			query.Set("starting_after_date", date)
		},
	}
}

// MaxAttachment is how many bytes of a settlement's file are read.
const MaxAttachment = 24 << 20

// ErrAttachmentTooLarge is a file of more than [MaxAttachment].
var ErrAttachmentTooLarge = fmt.Errorf("is larger than %d MiB", MaxAttachment>>20)

// Attachment reads a file of a settlement as it is. One that Dintero has not, or that is too
// large, is an error that [NoAttachment] tells from one that another try may mend.
func (c *Client) Attachment(ctx context.Context, settlement, attachment string) (data []byte, err error) {
	name := "attachment " + dinterojson.Quote(attachment) + " of settlement " + dinterojson.Quote(settlement)
	if err := errors.Join(checkID(settlement), checkID(attachment)); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	err = c.api.Get(ctx, name, c.accountURL("settlements", settlement, "attachments", attachment), func(body io.Reader) (err error) {
		data, err = io.ReadAll(io.LimitReader(body, MaxAttachment+1))
		if err == nil && len(data) > MaxAttachment {
			data, err = nil, ErrAttachmentTooLarge
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return data, nil
}

// NoAttachment reports whether a file cannot be had, however often it is asked for.
func NoAttachment(err error) bool { return errors.Is(err, ErrAttachmentTooLarge) || Denied(err) }
