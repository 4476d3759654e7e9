package statement

import (
	"cmp"
	"maps"
	"slices"

	"rapport/internal/money"
	"rapport/internal/report"
)

// ownCurrency is the one in which an organization keeps its books: kroner of one in the
// Norwegian register, else that of the zone in which its days are counted. It is empty where
// that has none, and then leads nothing.
func ownCurrency(a Account) money.Currency {
	if a.Organization.Number != "" {
		return "NOK"
	}
	return money.CurrencyOfZone(a.Zone)
}

// currencies are those of a report in the one order in which all of it names them: the
// organization's own, then the one with most rows.
func (fs *Figures) currencies() []money.Currency {
	rows := map[money.Currency]int64{}
	for _, by := range []report.Dimension{report.PerCurrency, report.PerOperation} {
		for g, f := range fs.Totals.Groups[by] {
			for _, n := range f.Counts {
				rows[g.Code] += n
			}
		}
	}
	return slices.SortedFunc(maps.Keys(rows), func(a, b money.Currency) int {
		return cmp.Or(own(b, fs.own)-own(a, fs.own), cmp.Compare(rows[b], rows[a]), cmp.Compare(a, b))
	})
}

func own(code, own money.Currency) int {
	if code == own {
		return 1
	}
	return 0
}

// compareCurrencies compares in the order in which all of a report names them; those that have no
// rows come last, by code, but for the organization's own.
func (fs *Figures) compareCurrencies() func(a, b money.Currency) int {
	codes := fs.currencies()
	place := func(code money.Currency) int {
		if i := slices.Index(codes, code); i >= 0 {
			return i
		}
		return len(codes)
	}
	return func(a, b money.Currency) int {
		return cmp.Or(own(b, fs.own)-own(a, fs.own), cmp.Compare(place(a), place(b)), cmp.Compare(a, b))
	}
}
