package csv

import (
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"rapport/internal/content"
	"rapport/internal/money"
)

// cell appends a value.
func (f *Format) cell(dst []byte, v *content.Value) ([]byte, error) {
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
		return f.money(dst, money.Amount{Minor: v.Number, Currency: v.Code}), nil
	case content.Integer:
		return strconv.AppendInt(dst, v.Number, 10), nil
	case content.Decimal:
		return f.decimal(dst, v.Text), nil
	}
	return dst, fmt.Errorf("no such kind of value: %d", v.Kind)
}

// money writes an amount, which is a number in quotes too: LibreOffice's dialog has comma,
// semicolon and tab ticked all three, and would cut one without them at its decimal mark.
func (f *Format) money(dst []byte, a money.Amount) []byte {
	if digits, _ := a.Currency.Decimals(); digits == 0 || !f.markCuts {
		return a.AppendDecimal(dst, f.decimalMark)
	}
	return append(a.AppendDecimal(append(dst, '"'), f.decimalMark), '"')
}

// time writes 2006-01-02 15:04:05, cut to the second, or 2006-01-02T15:04:05+01:00.
func (f *Format) time(dst []byte, t time.Time) []byte {
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
func (f *Format) decimal(dst []byte, text string) []byte {
	if !content.IsDecimal(text) {
		return f.text(dst, text)
	}
	if text = f.printer.Decimal(text); f.markCuts && strings.Contains(text, f.decimalMark) {
		return append(append(append(dst, '"'), text...), '"')
	}
	return append(dst, text...)
}

// text writes a text, without what no text has, guarded and quoted where it must be.
func (f *Format) text(dst []byte, s string) []byte {
	seen := f.classOf(s)
	if seen&needsClean != 0 {
		s = WithoutControls(s)
		seen = f.classOf(s)
	}
	if s == "" {
		return dst
	}
	guard := ""
	if s[0] <= '@' && calculates(s) { // most texts begin with a letter
		guard = "'"
	}
	switch {
	case seen&needsQuotes != 0:
		return quote(dst, guard, s)
	case seen&needsCheck != 0:
		return appendValid(append(dst, guard...), s)
	}
	return append(append(dst, guard...), s...)
}

func (f *Format) classOf(s string) (seen byteClass) {
	for i := range len(s) {
		seen |= f.bytes[s[i]]
	}
	return seen
}

// calculates tells whether a spreadsheet would take a text for a formula, or whether that is
// one that was marked already: whoever takes one apostrophe off where this holds for the rest has
// the text back.
func calculates(s string) bool {
	if s[0] == '\'' {
		if s = strings.TrimLeft(s, "'"); s == "" {
			return false
		}
	}
	switch s[0] {
	case '=', '+', '-', '@', '\t', '\r':
		return true
	}
	return false
}

// WithoutControls is a text without the control characters at which readers cut it, or that
// make of the file one that is no text; tabs and line breaks stay.
func WithoutControls(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) && r != '\t' && r != '\r' && r != '\n' {
			return -1
		}
		return r
	}, s)
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
