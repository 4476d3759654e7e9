package dinterojson

import (
	"time"

	"rapport/internal/payment"
)

// An interval as documented holds its values; an answer that is the bare list of values
// is read as well.
type (
	rawInterval struct {
		Interval scalar
		Values   list[rawKPI]
		KPI      rawKPI
	}
	rawKPI struct {
		ProductType scalar
		Currency    scalar
		Count       scalar
		Sum         scalar
		Date        scalar
		other       other
	}
)

func (r *rawInterval) scan(s *scanner) { scanObject(s, intervalFields, r, nil) }

func (r *rawKPI) reset() *other { *r = rawKPI{}; return &r.other }

// The fields of the raw types.
var (
	kpiFields = []field[rawKPI]{
		{"payment_product_type", func(s *scanner, r *rawKPI) { s.scalar(&r.ProductType) }},
		{"currency", func(s *scanner, r *rawKPI) { s.scalar(&r.Currency) }},
		{"count", func(s *scanner, r *rawKPI) { s.scalar(&r.Count) }},
		{"sum_amount", func(s *scanner, r *rawKPI) { s.scalar(&r.Sum) }},
		{"date", func(s *scanner, r *rawKPI) { s.scalar(&r.Date) }},
	}
	intervalFields = intervalAndKPI()
)

// intervalAndKPI are the fields of an interval and, where it is none, of a value.
func intervalAndKPI() []field[rawInterval] {
	fields := []field[rawInterval]{
		{"interval", func(s *scanner, r *rawInterval) { s.scalar(&r.Interval) }},
		{"values", func(s *scanner, r *rawInterval) { scanList(s, kpiFields, &r.Values, maxFigures) }},
	}
	for _, f := range kpiFields {
		fields = append(fields, field[rawInterval]{f.name, func(s *scanner, r *rawInterval) { f.scan(s, &r.KPI) }})
	}
	return fields
}

// convertInterval checks the values of an interval, which are of events of one type.
func convertInterval(event string) converter[rawInterval, []payment.DayEvents] {
	return func(c *checker, r *rawInterval) ([]payment.DayEvents, error) {
		if !r.Interval.absent() && r.Interval.text != "day" {
			c.refuse("interval", r.Interval, "is not day")
		}
		convert := func(c *checker, r *rawKPI, v *payment.DayEvents) {
			convertKPI(c, r, v)
			v.Type = event
		}
		if r.Values.present {
			all := convertEach(c, "values", &r.Values, nil, convert)
			if r.Values.other != 0 { // an empty one too: no figures are not no events
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
