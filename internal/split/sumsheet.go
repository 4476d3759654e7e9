package split

import (
	"cmp"
	"fmt"
	"maps"
	"net/mail"
	"slices"
	"strings"

	"rapport/internal/money"
	"rapport/internal/report"
)

// A Sum names what a part comes to in one currency; the value "" is of what is nobody's.
type Sum struct{ Value, Currency string }

// A Line is one of the control sheet.
type Line struct {
	Word           string // of what is no part: what stands in place of its value
	Value, Name    string
	Recipients     []mail.Address
	Language       string
	Listed         bool
	Currency       money.Currency
	Rows           bool // it has some
	report.PartSum      // Captured and Refunded in minor units
}

// The words of lines that are no parts.
const (
	NotAssigned = "split.not_assigned"
	SumOfAll    = "split.sum"
	Account     = "split.account"
)

// Net is what was captured less what was refunded.
func (l Line) Net() (int64, error) { return money.Add(l.Captured, l.Refunded) }

// A NotWholeError says that the parts of a report are not the whole of it.
type NotWholeError struct{ text string }

func (e *NotWholeError) Error() string { return e.text }

// A Sheet is the control sheet of a period: a line for each part and currency, by value, and for
// each currency what is not assigned, the sum of all, and the account.
type Sheet struct {
	Parts, Proof []Line
	Values       []string // of the parts, sorted
}

// NewSheet adds up the parts. Has are the values that rows are for. What is not the whole to the
// last unit is a *NotWholeError.
func NewSheet(p *Plan, has []string, sums map[Sum]report.PartSum, whole map[string]report.PartSum) (*Sheet, error) {
	s := &Sheet{Values: p.Values(has)}
	byValue := map[string][]string{}
	for key := range sums {
		byValue[key.Value] = append(byValue[key.Value], key.Currency)
	}
	currencies := slices.Sorted(maps.Keys(whole))
	none := "" // the currency of a line without rows
	switch {
	case slices.Contains(currencies, "NOK"):
		none = "NOK"
	case len(currencies) > 0:
		none = currencies[0]
	}
	total := map[string]report.PartSum{}
	add := func(code string, more report.PartSum) (err error) {
		total[code], err = plus(total[code], more)
		return err
	}
	for _, value := range s.Values {
		one, listed := p.Addresses.Of(value)
		line := Line{Value: value, Name: one.Name, Recipients: one.Emails, Language: string(one.Language), Listed: listed}
		codes := slices.Sorted(slices.Values(byValue[value]))
		if line.Rows = len(codes) > 0; !line.Rows {
			codes = []string{none}
		}
		for _, code := range codes {
			line.Currency, line.PartSum = money.Currency(code), sums[Sum{value, code}]
			s.Parts = append(s.Parts, line)
			if err := add(code, line.PartSum); err != nil {
				return nil, err
			}
		}
	}
	for code := range sums {
		if _, known := whole[code.Currency]; !known {
			return nil, &NotWholeError{fmt.Sprintf("the parts have %s, and the account has none", code.Currency)}
		}
	}
	if len(currencies) == 0 {
		currencies = []string{""}
	}
	for _, code := range currencies {
		nobodys := sums[Sum{"", code}]
		if err := add(code, nobodys); err != nil {
			return nil, err
		}
		if t, w := total[code], whole[code]; t.Captured != w.Captured || t.Refunded != w.Refunded {
			return nil, notWhole(money.Currency(code), t, w)
		}
		for _, one := range []struct {
			word string
			sum  report.PartSum
		}{{NotAssigned, nobodys}, {SumOfAll, total[code]}, {Account, whole[code]}} {
			s.Proof = append(s.Proof, Line{Word: one.word, Currency: money.Currency(code), PartSum: one.sum, Rows: true})
		}
	}
	return s, nil
}

func plus(a, b report.PartSum) (sum report.PartSum, err error) {
	sum.Captures, sum.Refunds = a.Captures+b.Captures, a.Refunds+b.Refunds
	if sum.Captured, err = money.Add(a.Captured, b.Captured); err == nil {
		sum.Refunded, err = money.Add(a.Refunded, b.Refunded)
	}
	if err != nil {
		err = fmt.Errorf("control sheet: %w", err)
	}
	return sum, err
}

func notWhole(code money.Currency, parts, whole report.PartSum) error {
	var wrong []string
	for _, f := range []struct {
		what         string
		parts, whole int64
	}{{"captured", parts.Captured, whole.Captured}, {"refunded", parts.Refunded, whole.Refunded}} {
		if f.parts == f.whole {
			continue
		}
		by := "?"
		if off, err := money.Sub(f.parts, f.whole); err == nil {
			by = inWords(off, code)
		}
		wrong = append(wrong, fmt.Sprintf("%s: the parts and what is not assigned come to %s, the account to %s, off by %s",
			f.what, inWords(f.parts, code), inWords(f.whole, code), by))
	}
	return &NotWholeError{fmt.Sprintf("the parts are not the whole, so none is sent: %s", strings.Join(wrong, "; "))}
}

func inWords(minor int64, code money.Currency) string {
	return money.Amount{Minor: minor, Currency: code}.Decimal(".") + " " + string(code)
}

// Unaddressed are the parts that nobody gets, by value, with those that have rows first.
func (s *Sheet) Unaddressed() (values []string) {
	lines := slices.Clone(s.Parts)
	slices.SortStableFunc(lines, func(a, b Line) int { return cmp.Compare(rank(a.Rows), rank(b.Rows)) })
	for _, l := range lines {
		if len(l.Recipients) == 0 && !slices.Contains(values, l.Value) {
			values = append(values, l.Value)
		}
	}
	return values
}

func rank(rows bool) int {
	if rows {
		return 0
	}
	return 1
}
