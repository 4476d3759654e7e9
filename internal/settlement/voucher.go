package settlement

import (
	"fmt"
	"strings"
	"time"
	"unicode"

	"rapport/internal/calendar"
	"rapport/internal/money"
)

// Rules say how settlements become vouchers.
type Rules struct {
	Base        money.Currency    // of the books: nothing else is booked
	Bank, Fee   string            // accounts
	Clearing    map[string]string // accounts, by provider; under Others that of all others
	FeeVATCode  string
	Type        string // number of the voucher type; "" where the format has none
	LastNumber  int    // the greatest that there may be
	FirstNumber int    // of the first voucher that the report ever makes
	Sellers     []string
}

// Others is the name, in Clearing, of the account of providers that have none of their own.
const Others = "default"

// clearing is the account of a provider; "" for none.
func (r *Rules) clearing(provider string) string {
	if account := r.Clearing[strings.ToLower(provider)]; account != "" {
		return account
	}
	return r.Clearing[Others]
}

// A Voucher books one settlement: bank and fee against the clearing account. Its lines sum to 0.
type Voucher struct {
	Key
	Number int
	Day    time.Time
	Text   string
	Lines  []VoucherLine
	Closed int  // the VAT term, of Day, whose return was due already; 0: it is open
	Late   bool // its own period's report did not have it
}

// VoucherLine is one posting, minor units: debit above zero, credit below.
type VoucherLine struct {
	Account, VATCode string
	Amount           int64
}

// A Reason is why a settlement is not booked.
type Reason string

// The reasons.
const (
	NotPaid       Reason = "postponed"
	OtherCurrency Reason = "currency"
	Unsound       Reason = "unsound"
	OfASeller     Reason = "seller"
	NoClearing    Reason = "clearing"
	BookedAlready Reason = "booked"
	NothingToBook Reason = "nothing"
)

// A LeftOut is a settlement that is not booked.
type LeftOut struct {
	*Row
	Reason Reason
	Number int // of the voucher that booked it already
}

// A NumbersUsedUpError says that there is no number left for a voucher.
type NumbersUsedUpError struct{ Last int }

func (e *NumbersUsedUpError) Error() string {
	return fmt.Sprintf("no voucher can have a number above %d — give the report another voucher type, another id and first_number: 1", e.Last)
}

// maxVoucherText is the longest text of a voucher, in runes.
const maxVoucherText = 60

// Numbers are those of the vouchers that were made before.
type Numbers struct {
	Booked map[Key]int // by whatever report: these are not booked again
	Again  map[Key]int // of these by this very report, which is made again: they keep their numbers
	Last   int         // of the report
	Report int         // its own number
}

// Book makes vouchers of an outcome's rows, in their order, numbered from the one after the last on.
// What is left out has its reason.
func (o *Outcome) Book(rules *Rules, before Numbers, now time.Time) (vouchers []Voucher, left []LeftOut, err error) {
	last := max(before.Last, rules.FirstNumber-1)
	for i := range o.Rows {
		row := &o.Rows[i]
		number, again := before.Again[row.Key()]
		booked := before.Booked[row.Key()]
		if again {
			booked = 0
		}
		if reason := rules.refuses(row, booked); reason != "" {
			left = append(left, LeftOut{row, reason, booked})
			continue
		}
		if !again {
			last++
			number = last
		}
		if number > rules.LastNumber {
			return nil, nil, &NumbersUsedUpError{rules.LastNumber}
		}
		v, err := rules.voucher(row, number, before.Report)
		if err != nil {
			return nil, nil, err
		}
		if calendar.VATDeadline(row.Day).Before(now) {
			v.Closed = calendar.VATTermOf(row.Day)
		}
		vouchers = append(vouchers, v)
	}
	return vouchers, left, nil
}

// refuses says why a settlement is not booked, which may have a voucher already; "" if it is.
func (r *Rules) refuses(row *Row, booked int) Reason {
	switch {
	case booked > 0:
		return BookedAlready
	case !row.Paid():
		return NotPaid
	case row.Currency != r.Base:
		return OtherCurrency
	case !row.Sound():
		return Unsound
	case row.PayoutDestination != "" && len(r.Sellers) == 0:
		return OfASeller
	case r.clearing(row.Provider) == "":
		return NoClearing
	case row.Amount == 0 && row.Fee == 0:
		return NothingToBook
	}
	return ""
}

// voucher books a settlement.
func (r *Rules) voucher(row *Row, number, report int) (Voucher, error) {
	gross, err := row.Gross()
	if err != nil {
		return Voucher{}, fmt.Errorf("settlement %s: %w", row.ID, err)
	}
	v := Voucher{Key: row.Key(), Number: number, Day: row.Day, Text: voucherText(row, report), Late: row.Late}
	for _, l := range []VoucherLine{{r.Bank, "0", row.Amount}, {r.Fee, r.FeeVATCode, row.Fee}, {r.clearing(row.Provider), "0", -gross}} {
		if l.Amount != 0 {
			v.Lines = append(v.Lines, l)
		}
	}
	return v, nil
}

// voucherText is the same in every language: it is searched for. What is too long loses the end
// of its reference.
func voucherText(row *Row, report int) string {
	head, tail := "Oppgjør "+oneLine(row.Provider), ""
	if report > 0 {
		tail = fmt.Sprintf(", Rapport nr. %d", report)
	}
	middle := []rune(" " + oneLine(row.ProviderReference))
	if row.ProviderReference == "" {
		middle = []rune(" " + oneLine(row.ID))
	}
	room := max(maxVoucherText-len([]rune(head))-len([]rune(tail)), 0)
	return truncated(head, maxVoucherText-len([]rune(tail))) + string(middle[:min(len(middle), room)]) + tail
}

// oneLine is a text without control characters and double blanks.
func oneLine(s string) string {
	return strings.Join(strings.FieldsFunc(s, func(r rune) bool { return unicode.IsControl(r) || r == ' ' }), " ")
}

func truncated(s string, n int) string {
	if r := []rune(s); len(r) > n {
		return string(r[:n])
	}
	return s
}

// decimal is an amount with two decimals and a point: what the formats are written in.
func decimal(minor int64) string { return money.Amount{Minor: minor, Currency: "NOK"}.Decimal(".") }
