package settlement

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"rapport/internal/money"
)

// An Outcome is all that a report of settlements says, and the record that it leaves.
type Outcome struct {
	Rows  []Row  // in the order of the CSV
	Lines []Line // the bridge, sorted

	EventsKnown   bool      // the source tells movements
	Computed      bool      // the openings are computed, not carried forward
	PreviousEnd   time.Time // of the period whose bridge they are carried forward from
	Gap           bool      // that was not the period before
	LateMovements int       // of periods that are over, counted now
	Moved         bool      // something stands in another line than before

	Waiting []Waiting // settlements that are postponed
	Changed []Changed // settlements that a report has told of, and that are others now
	Silent  []Silent  // providers that owe a settlement
	Ages    []Age     // what is not settled, by age

	Unlisted map[string]bool // settlements that movements name and no listing has

	Record *Record
}

// A Waiting is a settlement that is postponed, and since when.
type Waiting struct{ Told }

// A Changed is a settlement that was told of otherwise.
type Changed struct{ Before, Now Told }

// A Silent is a provider with movements that are not settled, and no settlement for long.
type Silent struct {
	Provider string
	Oldest   time.Time // day of the oldest such movement
	Last     time.Time // day of the last settlement; zero: none is known
	Amounts  []money.Amount
}

// An Age is what of a currency is not settled, by the days since its movements.
type Age struct {
	Currency money.Currency
	Amounts  [4]int64 // of the buckets of AgeLimits
}

// AgeLimits are up to how many days old the movements of a bucket are; those of the last one are
// older.
func AgeLimits() [3]int { return [3]int{7, 30, 90} }

// PaidRows are the rows that are expected in the bank.
func (o *Outcome) PaidRows() (paid []*Row) {
	for i := range o.Rows {
		if o.Rows[i].Paid() {
			paid = append(paid, &o.Rows[i])
		}
	}
	return paid
}

// explain says of what is outstanding how old it is, and who owes it.
func (m *maker) explain() {
	_, end := m.Period.Days()
	ages := map[money.Currency]*Age{}
	silent := map[string]*Silent{}
	amounts := map[string]map[money.Currency]int64{}
	for k, days := range m.unsettled {
		for day, amount := range days {
			if ages[k.Currency] == nil {
				ages[k.Currency] = &Age{Currency: k.Currency}
			}
			m.add(&ages[k.Currency].Amounts[bucketOf(int(end.Sub(day)/(24*time.Hour)))], amount)
			if amount == 0 {
				continue
			}
			s := silent[k.Provider]
			if s == nil {
				s = &Silent{Provider: k.Provider, Oldest: day, Last: m.lastSettled(k.Provider, end)}
				silent[k.Provider], amounts[k.Provider] = s, map[money.Currency]int64{}
			}
			if day.Before(s.Oldest) {
				s.Oldest = day
			}
			sum := amounts[k.Provider][k.Currency]
			m.add(&sum, amount)
			amounts[k.Provider][k.Currency] = sum
		}
	}
	for _, a := range ages {
		m.out.Ages = append(m.out.Ages, *a)
	}
	slices.SortFunc(m.out.Ages, func(a, b Age) int { return cmp.Compare(a.Currency, b.Currency) })
	long := end.AddDate(0, 0, -SilentAfter)
	for provider, s := range silent {
		if !s.Oldest.Before(long) || s.Last.After(long) {
			continue
		}
		for code, minor := range amounts[provider] {
			s.Amounts = append(s.Amounts, money.Amount{Minor: minor, Currency: code})
		}
		slices.SortFunc(s.Amounts, func(a, b money.Amount) int { return cmp.Compare(a.Currency, b.Currency) })
		m.out.Silent = append(m.out.Silent, *s)
	}
	slices.SortFunc(m.out.Silent, func(a, b Silent) int { return cmp.Compare(a.Provider, b.Provider) })
}

func bucketOf(days int) int {
	limits := AgeLimits()
	for i, most := range limits {
		if days <= most {
			return i
		}
	}
	return len(limits)
}

// lastSettled is the last day before an end on which a provider settled anything.
func (m *maker) lastSettled(provider string, end time.Time) (last time.Time) {
	for _, s := range m.reading.Settlements {
		if day := s.Date(m.Zone); s.Fault == nil && s.Provider == provider && day.Before(end) && day.After(last) {
			last = day
		}
	}
	return last
}

// remember fills the record.
func (m *maker) remember() {
	r := m.out.Record
	r.Lines = m.out.Lines
	for _, k := range slices.SortedFunc(maps.Keys(m.unsettled), LineKey.compare) {
		for _, day := range slices.SortedFunc(maps.Keys(m.unsettled[k]), time.Time.Compare) {
			if amount := m.unsettled[k][day]; amount != 0 {
				r.Unsettled = append(r.Unsettled, DayAmount{m.table.at(k), day, amount})
			}
		}
	}
	r.Keys = m.table.keys
	for key, s := range m.providers {
		r.SettledBy = append(r.SettledBy, SettledBy{Seller: key[0], Product: key[1], Provider: s.provider, Day: s.day})
	}
	slices.SortFunc(r.SettledBy, func(a, b SettledBy) int {
		return cmp.Or(cmp.Compare(a.Seller, b.Seller), cmp.Compare(a.Product, b.Product))
	})
}
