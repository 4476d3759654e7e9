package fetch

import (
	"context"
	"fmt"
	"io"
	"net/url"
	"time"

	"rapport/fetch/internal/dinterojson"
	"rapport/fetch/internal/listing"
	"rapport/internal/payment"
)

// maxFigures is how many values an answer may have: 400 days have some 400 × 20 × 5.
const maxFigures = 100_000

// Events asks Dintero what it counts of captures and of refunds since from, which is a
// UTC midnight: a second source that knows the sums but not the transactions. A day without
// events is left out. An answer of another shape than agreed is an error, never no events;
// one that the client may not have is told by [NoFigures].
func (c *Client) Events(ctx context.Context, from time.Time) ([]payment.DayEvents, error) {
	var all []payment.DayEvents
	for _, event := range []string{payment.EventCapture, payment.EventRefund} {
		found, err := c.eventsOf(ctx, event, from)
		if err != nil {
			return nil, fmt.Errorf("key figures of %s events: %w", event, c.api.Shown(err))
		}
		all = append(all, found...)
	}
	return all, nil
}

func (c *Client) eventsOf(ctx context.Context, event string, from time.Time) (found []payment.DayEvents, err error) {
	target := c.accountURL("insight", "kpi", "checkout-transaction-events") + "?" +
		url.Values{"interval": {"day"}, "event": {event}, "created_at_gte": {listing.FormatTime(from)}}.Encode()
	err = c.api.Get(ctx, "key figures of "+event+" events", target, func(body io.Reader) error {
		found = found[:0] // of a try that failed
		seen := map[payment.DayEvents]bool{}
		_, err := dinterojson.DayEvents(event)(body, func(values []payment.DayEvents) error {
			for _, v := range values {
				key := v
				if key.Count, key.Sum = 0, 0; seen[key] {
					return fmt.Errorf("%s, %s, %s comes twice", v.Day.Format(time.DateOnly), dinterojson.Quote(v.ProductType), dinterojson.Quote(string(v.Currency)))
				}
				if len(found) == maxFigures {
					return fmt.Errorf("more than %d values", maxFigures)
				}
				seen[key] = true
				found = append(found, v)
			}
			return nil
		})
		return err
	})
	return found, err
}
