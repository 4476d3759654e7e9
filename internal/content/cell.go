package content

import (
	"time"

	"rapport/internal/money"
)

// Kind is what a column or a cell holds.
type Kind uint8

// The kinds of values.
const (
	Blank Kind = iota // nothing: an empty cell in any column
	Text
	Time    // an instant, written in its own zone
	Money   // an amount, always with its currency's decimals
	Integer // a whole number
	Decimal // a decimal number that came as text: a quantity, a rate
	Date    // a day: Time is its midnight in UTC
)

// Value is one cell of a row.
type Value struct {
	Kind   Kind
	Text   string         // Text; Decimal as "12.5"
	Number int64          // Integer; Money in minor units
	Code   money.Currency // Money
	Time   time.Time      // Time, in the zone in which it is written; Date
}

// TextOf is a text.
func TextOf(s string) Value { return Value{Kind: Text, Text: s} }

// TimeOf is an instant, written in its own zone.
func TimeOf(t time.Time) Value { return Value{Kind: Time, Time: t} }

// DateOf is a day, told by its midnight in UTC.
func DateOf(day time.Time) Value { return Value{Kind: Date, Time: day} }

// MoneyOf is an amount in minor units.
func MoneyOf(minor int64, code money.Currency) Value {
	return Value{Kind: Money, Number: minor, Code: code}
}

// IntegerOf is a whole number.
func IntegerOf(n int64) Value { return Value{Kind: Integer, Number: n} }

// DecimalOf is a decimal number as text with a point; an empty text is a blank cell.
func DecimalOf(text string) Value {
	if text == "" {
		return Value{}
	}
	return Value{Kind: Decimal, Text: text}
}

// Column is a column of the rows. The CSV has all of them; the PDF those that fit.
type Column struct {
	Title string
	Kind  Kind
	// Rank orders the columns by worth in the PDF: 1 is always there, then 2, 3 … as long
	// as there is room; 0 is in the CSV only. A column without any value is not shown. A
	// column of texts that are all the same is said once, above the rows, if its rank is
	// over 1.
	Rank int
	Day  bool // a time by whose day the rows are grouped; one column at most
	// DayOf is the day that a time of it belongs to, where that need not be its date; nil: it is.
	DayOf func(time.Time) time.Time
	Sum   bool // amounts that add up: to a line for each day and currency, and to one at the end
}

// IsDecimal tells whether text is a plain decimal number: "12", "-0.50".
func IsDecimal(text string) bool {
	digits, point := 0, false
	for i := range len(text) {
		switch b := text[i]; {
		case b >= '0' && b <= '9':
			digits++
		case b == '-' && i == 0:
		case b == '.' && !point && digits > 0 && i < len(text)-1:
			point = true
		default:
			return false
		}
	}
	return digits > 0
}
