package render

import (
	"fmt"
	"strconv"
	"time"
	"unicode/utf8"

	"rapport/internal/money"
)

func (f *CSVForm) cell(dst []byte, v *Value) ([]byte, error) {
	switch v.Kind {
	case Blank:
		return dst, nil
	case Text:
		return f.text(dst, v.Text), nil
	case Time:
		return f.time(dst, v.Time), nil
	case Money:
		return money.Amount{Minor: v.Number, Currency: v.Code}.AppendDecimal(dst, f.mark), nil
	case Integer:
		return strconv.AppendInt(dst, v.Number, 10), nil
	case Decimal:
		return f.decimal(dst, v.Text), nil
	}
	return dst, fmt.Errorf("no such kind of value: %d", v.Kind)
}

// time writes 2006-01-02 15:04:05, cut to the second, or 2006-01-02T15:04:05+01:00.
func (f *CSVForm) time(dst []byte, t time.Time) []byte {
	year, month, day := t.Date()
	hour, minute, second := t.Clock()
	between := byte(' ')
	if f.offset {
		between = 'T'
	}
	if year < 0 || year > 9999 {
		dst = t.AppendFormat(dst, "2006-01-02")
	} else {
		dst = append(twoDigits(twoDigits(dst, year/100), year%100), '-')
		dst = append(twoDigits(dst, int(month)), '-')
		dst = twoDigits(dst, day)
	}
	dst = append(twoDigits(append(dst, between), hour), ':')
	dst = append(twoDigits(dst, minute), ':')
	dst = twoDigits(dst, second)
	if f.offset {
		dst = t.AppendFormat(dst, "-07:00")
	}
	return dst
}

func twoDigits(dst []byte, n int) []byte { return append(dst, byte('0'+n/10), byte('0'+n%10)) }

// decimal writes a decimal number; what is not one is a text, so that it cannot slip
// past the guard as a number.
func (f *CSVForm) decimal(dst []byte, text string) []byte {
	if !isDecimal(text) {
		return f.text(dst, text)
	}
	return append(dst, f.printer.Decimal(text)...)
}

// text writes a text cell, guarded and quoted where it must be.
func (f *CSVForm) text(dst []byte, s string) []byte {
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
	case seen&quoted != 0:
		return quote(dst, guard, s)
	case seen&checked != 0:
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
