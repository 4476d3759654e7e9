package dinterojson

import (
	"time"

	"rapport/fetch/internal/jsonscan"
	"rapport/internal/payment"
)

// An interval as documented holds its values; an answer that is the bare list of values
// is read as well.
type (
	rawInterval struct {
		Interval jsonscan.Scalar
		Values   jsonscan.List[rawKPI]
		KPI      rawKPI
	}
	rawKPI struct {
		ProductType jsonscan.Scalar
		Currency    jsonscan.Scalar
		Count       jsonscan.Scalar
		Sum         jsonscan.Scalar
		Date        jsonscan.Scalar
		other       jsonscan.Other
	}
)

func (r *rawInterval) Scan(s *jsonscan.Scanner) { jsonscan.ScanObject(s, intervalFields, r, nil) }

func (r *rawKPI) Reset() *jsonscan.Other { *r = rawKPI{}; return &r.other }

// The fields of the raw types.
var (
	kpiFields = []jsonscan.Field[rawKPI]{
		{Name: "payment_product_type", Scan: func(s *jsonscan.Scanner, r *rawKPI) { s.Scalar(&r.ProductType) }},
		{Name: "currency", Scan: func(s *jsonscan.Scanner, r *rawKPI) { s.Scalar(&r.Currency) }},
		{Name: "count", Scan: func(s *jsonscan.Scanner, r *rawKPI) { s.Scalar(&r.Count) }},
		{Name: "sum_amount", Scan: func(s *jsonscan.Scanner, r *rawKPI) { s.Scalar(&r.Sum) }},
		{Name: "date", Scan: func(s *jsonscan.Scanner, r *rawKPI) { s.Scalar(&r.Date) }},
	}
	intervalFields = intervalAndKPI()
)

// intervalAndKPI are the fields of an interval and, where it is none, of a value.
func intervalAndKPI() []jsonscan.Field[rawInterval] {
	fields := []jsonscan.Field[rawInterval]{
		{Name: "interval", Scan: func(s *jsonscan.Scanner, r *rawInterval) { s.Scalar(&r.Interval) }},
		{Name: "values", Scan: func(s *jsonscan.Scanner, r *rawInterval) { jsonscan.ScanList(s, kpiFields, &r.Values, maxFigures) }},
	}
	for _, f := range kpiFields {
		fields = append(fields, jsonscan.Field[rawInterval]{Name: f.Name, Scan: func(s *jsonscan.Scanner, r *rawInterval) { f.Scan(s, &r.KPI) }})
	}
	return fields
}

// convertInterval checks the values of an interval, which are of events of one type.
func convertInterval(event string) converter[rawInterval, []payment.DayEvents] {
	return func(c *checker, r *rawInterval) ([]payment.DayEvents, error) {
		if !r.Interval.Absent() && r.Interval.Text != "day" {
			c.refuse("interval", r.Interval, "is not day")
		}
		convert := func(c *checker, r *rawKPI, v *payment.DayEvents) {
			convertKPI(c, r, v)
			v.Type = event
		}
		if r.Values.Present {
			all := convertEach(c, "values", &r.Values, nil, convert)
			if r.Values.Other != 0 { // an empty one too: no figures are not no events
				c.fail("values", "is not a list")
			}
			return all, c.fault
		}
		all := make([]payment.DayEvents, 1)
		convert(c, &r.KPI, &all[0])
		return all, c.fault
	}
}

func convertKPI(c *checker, r *rawKPI, v *payment.DayEvents) {
	c.object("", r.other)
	v.ProductType = c.requiredID("payment_product_type", r.ProductType)
	v.Currency = c.currency("currency", r.Currency)
	v.Count = c.amount("count", r.Count)
	v.Sum = c.amount("sum_amount", r.Sum)
	var err error
	if v.Day, err = time.Parse(time.DateOnly, c.requiredText("date", r.Date)); err != nil || v.Day.Year() < 2000 || v.Day.Year() > 2100 {
		c.refuse("date", r.Date, "is not a date between 2000 and 2100")
	}
}
