package fetch

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"
)

// Events asks Dintero what it counts of captures and of refunds since from, which is a
// UTC midnight: a second source that knows the sums but not the transactions. A day without
// events is left out. An answer of another shape than agreed is an error, never no events;
// one that the client may not have is told by [NoFigures].
func (c *Client) Events(ctx context.Context, from time.Time) ([]DayEvents, error) {
	var all []DayEvents
	for _, event := range []string{"CAPTURE", "REFUND"} {
		found, err := c.eventsOf(ctx, event, from)
		if err != nil {
			return nil, fmt.Errorf("key figures of %s events: %w", event, err)
		}
		all = append(all, found...)
	}
	return all, nil
}

// NoFigures reports whether Dintero does not let us have its figures: the scope or the
// endpoint is missing, and asking again will not mend it.
func NoFigures(err error) bool {
	var status *StatusError
	if !errors.As(err, &status) {
		return false
	}
	return status.Code == http.StatusUnauthorized || status.Code == http.StatusForbidden || status.Code == http.StatusNotFound
}

func (c *Client) eventsOf(ctx context.Context, event string, from time.Time) (found []DayEvents, err error) {
	target := c.accountURL("insight", "kpi", "checkout-transaction-events") + "?" +
		url.Values{"interval": {"day"}, "event": {event}, "created_at_gte": {apiTime(from)}}.Encode()
	err = c.get(ctx, "key figures of "+event+" events", target, func(body io.Reader) error {
		found = found[:0] // of a try that failed
		seen := map[DayEvents]bool{}
		_, err := decodeEach(body, bare, kpiInterval(event), func(values []DayEvents) error {
			for _, v := range values {
				key := v
				if key.Count, key.Sum = 0, 0; seen[key] {
					return fmt.Errorf("%s, %s, %s comes twice", v.Day.Format(time.DateOnly), shown(v.ProductType), shown(string(v.Currency)))
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

// An interval as documented holds its values; an answer that is the bare list of values
// is read as well.
type (
	rawInterval struct {
		Interval leaf      `json:"interval"`
		Values   *[]rawKPI `json:"values"`
		rawKPI   `json:",inline"`
	}
	rawKPI struct {
		ProductType leaf `json:"payment_product_type"`
		Currency    leaf `json:"currency"`
		Count       leaf `json:"count"`
		Sum         leaf `json:"sum_amount"`
		Date        leaf `json:"date"`
	}
)

func kpiInterval(event string) rowConverter[rawInterval, []DayEvents] {
	return func(c *checker, r *rawInterval) ([]DayEvents, error) {
		if r.Interval.kind != 0 && r.Interval.text != "day" {
			c.refuse("interval", r.Interval, "is not day")
		}
		if r.Values == nil {
			v := c.kpi(event, &r.rawKPI)
			return []DayEvents{v}, c.fault
		}
		var out []DayEvents
		for i := range *r.Values {
			c.enter("values", i)
			out = append(out, c.kpi(event, &(*r.Values)[i]))
			c.leave()
		}
		return out, c.fault
	}
}

// kpi checks one value.
func (c *checker) kpi(event string, r *rawKPI) DayEvents {
	v := DayEvents{
		Type: event, ProductType: c.name("payment_product_type", r.ProductType), Currency: c.currency("currency", r.Currency),
		Count: c.amount("count", r.Count), Sum: c.amount("sum_amount", r.Sum),
	}
	var err error
	if v.Day, err = time.Parse(time.DateOnly, c.name("date", r.Date)); err != nil || v.Day.Year() < 2000 || v.Day.Year() > 2100 {
		c.refuse("date", r.Date, "is not a date between 2000 and 2100")
	}
	return v
}
