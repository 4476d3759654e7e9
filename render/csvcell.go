package render

import (
	"fmt"
	"strconv"
	"time"
	"unicode/utf8"

	"rapport/internal/content"
	"rapport/internal/money"
)

// cell appends a value.
func (f *CSVFormat) cell(dst []byte, v *content.Value) ([]byte, error) {
	switch v.Kind {
	case content.Blank:
		return dst, nil
	case content.Text:
		return f.text(dst, v.Text), nil
	case content.Time:
		return f.time(dst, v.Time), nil
	case content.Date:
		return v.Time.AppendFormat(dst, time.DateOnly), nil
	case content.Money:
		return money.Amount{Minor: v.Number, Currency: v.Code}.AppendDecimal(dst, f.decimalMark), nil
	case content.Integer:
		return strconv.AppendInt(dst, v.Number, 10), nil
	case content.Decimal:
		return f.decimal(dst, v.Text), nil
	}
	return dst, fmt.Errorf("no such kind of value: %d", v.Kind)
}

// time writes 2006-01-02 15:04:05, cut to the second, or 2006-01-02T15:04:05+01:00.
func (f *CSVFormat) time(dst []byte, t time.Time) []byte {
	year, month, day := t.Date()
	hour, minute, second := t.Clock()
	separator := byte(' ')
	if f.withOffset {
		separator = 'T'
	}
	if year < 0 || year > 9999 {
		dst = t.AppendFormat(dst, "2006-01-02")
	} else {
		dst = append(twoDigits(twoDigits(dst, year/100), year%100), '-')
		dst = append(twoDigits(dst, int(month)), '-')
		dst = twoDigits(dst, day)
	}
	dst = append(twoDigits(append(dst, separator), hour), ':')
	dst = append(twoDigits(dst, minute), ':')
	dst = twoDigits(dst, second)
	if f.withOffset {
		dst = t.AppendFormat(dst, "-07:00")
	}
	return dst
}

func twoDigits(dst []byte, n int) []byte { return append(dst, byte('0'+n/10), byte('0'+n%10)) }

// decimal writes a decimal number. What is none is a text: it must not pass the guard
// against formulas as a number.
func (f *CSVFormat) decimal(dst []byte, text string) []byte {
	if !isDecimal(text) {
		return f.text(dst, text)
	}
	return append(dst, f.printer.Decimal(text)...)
}

// text writes a text, guarded and quoted where it must be.
func (f *CSVFormat) text(dst []byte, s string) []byte {
	if s == "" {
		return dst
	}
	guard := ""
	switch s[0] {
	case '=', '+', '-', '@', '\t', '\r':
		guard = "'"
	}
	var seen byteClass
	for i := range len(s) {
		seen |= f.bytes[s[i]]
	}
	switch {
	case seen&needsQuotes != 0:
		return quote(dst, guard, s)
	case seen&needsCheck != 0:
		return appendValid(append(dst, guard...), s)
	}
	return append(append(dst, guard...), s...)
}

func quote(dst []byte, guard, s string) []byte {
	dst = append(append(dst, '"'), guard...)
	from := 0
	for i := range len(s) {
		if s[i] == '"' {
			dst = append(appendValid(dst, s[from:i]), '"', '"')
			from = i + 1
		}
	}
	return append(appendValid(dst, s[from:]), '"')
}

// appendValid appends s with U+FFFD for each byte that is not UTF-8.
func appendValid(dst []byte, s string) []byte {
	if utf8.ValidString(s) {
		return append(dst, s...)
	}
	for _, r := range s {
		dst = utf8.AppendRune(dst, r)
	}
	return dst
}

// isDecimal tells whether text is a plain decimal number: "12", "-0.50".
func isDecimal(text string) bool {
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
