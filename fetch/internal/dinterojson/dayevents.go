package dinterojson

import (
	"time"

	"rapport/internal/payment"
)

// An interval as documented holds its values; an answer that is the bare list of values
// is read as well.
type (
	rawInterval struct {
		Interval scalar    `json:"interval"`
		Values   *[]rawKPI `json:"values"`
		rawKPI   `json:",inline"`
	}
	rawKPI struct {
		ProductType scalar `json:"payment_product_type"`
		Currency    scalar `json:"currency"`
		Count       scalar `json:"count"`
		Sum         scalar `json:"sum_amount"`
		Date        scalar `json:"date"`
	}
)

// convertInterval checks the values of an interval, which are of events of one type.
func convertInterval(event string) converter[rawInterval, []payment.DayEvents] {
	return func(c *checker, r *rawInterval) ([]payment.DayEvents, error) {
		if r.Interval.kind != 0 && r.Interval.text != "day" {
			c.refuse("interval", r.Interval, "is not day")
		}
		convert := func(c *checker, r *rawKPI, v *payment.DayEvents) {
			convertKPI(c, r, v)
			v.Type = event
		}
		if r.Values != nil {
			return convertEach(c, "values", *r.Values, nil, convert), c.fault
		}
		all := make([]payment.DayEvents, 1)
		convert(c, &r.rawKPI, &all[0])
		return all, c.fault
	}
}

func convertKPI(c *checker, r *rawKPI, v *payment.DayEvents) {
	v.ProductType = c.requiredText("payment_product_type", r.ProductType)
	v.Currency = c.currency("currency", r.Currency)
	v.Count = c.amount("count", r.Count)
	v.Sum = c.amount("sum_amount", r.Sum)
	var err error
	if v.Day, err = time.Parse(time.DateOnly, c.requiredText("date", r.Date)); err != nil || v.Day.Year() < 2000 || v.Day.Year() > 2100 {
		c.refuse("date", r.Date, "is not a date between 2000 and 2100")
	}
}
