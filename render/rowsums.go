package render

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"rapport/internal/content"
	"rapport/internal/money"
	"rapport/render/internal/pdf"
)

// rowSums add the rows up: by day and currency, and in all.
type rowSums struct {
	day     int   // the column by whose day rows are grouped, -1 for none
	columns []int // those that add up
	days    []daySums
	total   []currencySums
	last    time.Time // of the day column
}

// daySums are the rows of a day, which follow one another.
type daySums struct {
	at    time.Time // zero where rows have no time
	count int
	sums  []currencySums
}

// currencySums are the sums of one currency, one for each column that adds up.
type currencySums struct {
	currency money.Currency
	minor    []int64
	some     []bool // the column holds an amount
}

func newRowSums(columns []columnStats) rowSums {
	s := rowSums{day: -1}
	for i, c := range columns {
		if c.Day && s.day < 0 {
			s.day = i
		}
		if c.Sum {
			s.columns = append(s.columns, i)
		}
	}
	return s
}

// add adds a row up. It fails on a sum that does not fit.
func (s *rowSums) add(values []content.Value, columns []columnStats) error {
	if s.day >= 0 {
		v := values[columns[s.day].source]
		if of := columns[s.day].DayOf; of != nil && v.Kind == content.Time {
			v.Time = of(v.Time)
		}
		if v.Kind == content.Time && !sameDay(v.Time, s.last) || len(s.days) == 0 {
			s.days = append(s.days, daySums{at: v.Time})
			s.last = v.Time
		}
		s.days[len(s.days)-1].count++
	}
	for k, i := range s.columns {
		v := &values[columns[i].source]
		if v.Kind != content.Money {
			continue
		}
		err := s.addTo(&s.total, k, v)
		if err == nil && s.day >= 0 {
			err = s.addTo(&s.days[len(s.days)-1].sums, k, v)
		}
		if err != nil {
			return fmt.Errorf("sum of %q in %s: %w", columns[i].Title, v.Code, err)
		}
	}
	return nil
}

func (s *rowSums) addTo(list *[]currencySums, column int, v *content.Value) (err error) {
	at := slices.IndexFunc(*list, func(c currencySums) bool { return c.currency == v.Code })
	if at < 0 {
		at = len(*list)
		*list = append(*list, currencySums{v.Code, make([]int64, len(s.columns)), make([]bool, len(s.columns))})
	}
	sum := &(*list)[at]
	sum.minor[column], err = money.Add(sum.minor[column], v.Number)
	sum.some[column] = true
	return err
}

func sameDay(a, b time.Time) bool {
	y, m, d := a.Date()
	otherY, otherM, otherD := b.Date()
	return d == otherD && m == otherM && y == otherY
}

// byDay tells whether the rows are shown by day.
func (s *rowSums) byDay() bool { return len(s.days) > 1 }

// sumText writes a sum for people.
func (r *rowBuffer) sumText(c currencySums, column int) string {
	if !c.some[column] {
		return ""
	}
	return r.printer.Number(money.Amount{Minor: c.minor[column], Currency: c.currency})
}

// widen makes room in the columns for their sums, and puts these in the order of the currencies.
func (r *rowBuffer) widen(bold *pdf.Font) {
	place := map[money.Currency]int{} // 0: none
	for i, code := range r.currencies {
		place[code] = i - len(r.currencies)
	}
	widen := func(list []currencySums) {
		slices.SortFunc(list, func(a, b currencySums) int {
			return cmp.Or(cmp.Compare(place[a.currency], place[b.currency]), cmp.Compare(a.currency, b.currency))
		})
		for _, c := range list {
			for k, i := range r.sums.columns {
				r.columns[i].widest = max(r.columns[i].widest, bold.Width(r.sumText(c, k)))
			}
		}
	}
	widen(r.sums.total)
	if r.sums.byDay() {
		for _, d := range r.sums.days {
			widen(d.sums)
		}
	}
}
