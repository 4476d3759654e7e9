package render

import (
	"fmt"
	"strconv"
	"unicode/utf8"

	"rapport/internal/money"
)

func (c *csvEncoder) cell(v *Value) error {
	switch v.Kind {
	case Blank:
	case Text:
		c.text(v.Text)
	case Time:
		c.buf = v.Time.AppendFormat(c.buf, c.time)
	case Money:
		c.buf = money.Amount{Minor: v.Number, Currency: v.Code}.AppendDecimal(c.buf, c.mark)
	case Integer:
		c.buf = strconv.AppendInt(c.buf, v.Number, 10)
	case Decimal:
		c.decimal(v.Text)
	default:
		return fmt.Errorf("no such kind of value: %d", v.Kind)
	}
	return nil
}

// decimal writes a decimal number; what is not one is a text, so that it cannot slip
// past the guard as a number.
func (c *csvEncoder) decimal(text string) {
	if !isDecimal(text) {
		c.text(text)
		return
	}
	c.buf = append(c.buf, c.printer.Decimal(text)...)
}

// text writes a text cell, guarded and quoted where it must be.
func (c *csvEncoder) text(s string) {
	guard := ""
	if s != "" {
		switch s[0] {
		case '=', '+', '-', '@', '\t', '\r':
			guard = "'"
		}
	}
	if c.mustQuote(s) {
		c.quote(guard, s)
		return
	}
	c.buf = appendValid(append(c.buf, guard...), s)
}

func (c *csvEncoder) mustQuote(s string) bool {
	for i := range len(s) {
		if b := s[i]; b <= ';' && (b == c.comma || b == '"' || b == '\r' || b == '\n') {
			return true
		}
	}
	return false
}

func (c *csvEncoder) quote(guard, s string) {
	c.buf = append(append(c.buf, '"'), guard...)
	from := 0
	for i := range len(s) {
		if s[i] == '"' {
			c.buf = append(appendValid(c.buf, s[from:i]), '"', '"')
			from = i + 1
		}
	}
	c.buf = append(appendValid(c.buf, s[from:]), '"')
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
