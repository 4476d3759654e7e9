package render

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"rapport/internal/money"
)

// sums add the rows up: by day and currency, and in all.
type sums struct {
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

func newSums(columns []columnStat) sums {
	s := sums{day: -1}
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
func (s *sums) add(values []Value, columns []columnStat) error {
	if s.day >= 0 {
		if v := values[columns[s.day].source]; v.Kind == Time && !sameDay(v.Time, s.last) || len(s.days) == 0 {
			s.days = append(s.days, daySums{at: v.Time})
			s.last = v.Time
		}
		s.days[len(s.days)-1].count++
	}
	for k, i := range s.columns {
		v := &values[columns[i].source]
		if v.Kind != Money {
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

func (s *sums) addTo(list *[]currencySums, column int, v *Value) (err error) {
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

// grouped tells whether the rows are shown by day.
func (s *sums) grouped() bool { return len(s.days) > 1 }

// sumText writes a sum for people.
func (r *rows) sumText(c currencySums, column int) string {
	if !c.some[column] {
		return ""
	}
	return r.printer.Number(money.Amount{Minor: c.minor[column], Currency: c.currency})
}

// widen makes room in the columns for their sums, and puts these in order.
func (r *rows) widen(bold *face) {
	widen := func(list []currencySums) {
		slices.SortFunc(list, func(a, b currencySums) int { return cmp.Compare(a.currency, b.currency) })
		for _, c := range list {
			for k, i := range r.sums.columns {
				r.columns[i].widest = max(r.columns[i].widest, bold.width(r.sumText(c, k)))
			}
		}
	}
	widen(r.sums.total)
	if r.sums.grouped() {
		for _, d := range r.sums.days {
			widen(d.sums)
		}
	}
}
