package dinterojson

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"rapport/internal/money"
	"rapport/internal/payment"
)

// maxText is the longest text that a row may hold, in bytes.
const maxText = 1 << 20

// checker turns the scalars of rows into values and keeps the first fault. After a
// fault the values mean nothing, and no further row is read.
type checker struct {
	path  []step // where in the row
	fault error

	events sliceArena[payment.Event]
	lines  sliceArena[payment.Line]
}

// step is a member of an array within the row: events[2].
type step struct {
	field string
	index int
}

// convertEach converts the elements of an array of the row; arena may be nil.
func convertEach[R, T any](c *checker, field string, raw []R, arena *sliceArena[T], convert func(*checker, *R, *T)) []T {
	if len(raw) == 0 {
		return nil
	}
	var all []T
	if arena != nil {
		all = arena.make(len(raw))
	} else {
		all = make([]T, len(raw))
	}
	for i := range raw {
		c.path = append(c.path, step{field, i})
		convert(c, &raw[i], &all[i])
		c.path = c.path[:len(c.path)-1]
	}
	return all
}

// text is an optional text.
func (c *checker) text(field string, v scalar) string {
	switch {
	case v.absent():
		return ""
	case v.kind != '"':
		c.refuse(field, v, "is not a text")
	case len(v.text) > maxText:
		c.refuse(field, v, "is longer than 1 MiB")
	}
	return v.text
}

// requiredText is a text that must be there and not empty.
func (c *checker) requiredText(field string, v scalar) string {
	switch {
	case v.absent():
		c.missing(field)
	case v.kind == '"' && v.text == "":
		c.fail(field, "is empty")
	}
	return c.text(field, v)
}

// textOrNumber is an optional text that may be written as a number, as line ids are.
func (c *checker) textOrNumber(field string, v scalar) string {
	if v.kind == '0' {
		return v.written()
	}
	return c.text(field, v)
}

// decimal is an optional number as written; exponents are refused, since no report prints them.
func (c *checker) decimal(field string, v scalar) string {
	switch {
	case v.absent():
		return ""
	case v.kind != '0' || strings.ContainsAny(v.text, "eE"):
		c.refuse(field, v, "is not a decimal number")
	}
	return v.written()
}

// signed is an optional amount in minor units, of either sign; false where it is absent.
func (c *checker) signed(field string, v scalar) (int64, bool) {
	switch {
	case v.absent():
		return 0, false
	case v.kind != '0':
		c.refuse(field, v, "is not an integer")
	case !v.integer:
		c.refuse(field, v, "is not an integer of minor units in 64 bits")
	}
	return v.num, true
}

// optional is an amount of either sign; nil where it is absent.
func (c *checker) optional(field string, v scalar) *int64 {
	if n, ok := c.signed(field, v); ok {
		return &n
	}
	return nil
}

// requiredSigned is an amount of either sign that must be there.
func (c *checker) requiredSigned(field string, v scalar) int64 {
	n, ok := c.signed(field, v)
	if !ok {
		c.missing(field)
	}
	return n
}

// amount is an amount that must be there and is not negative.
func (c *checker) amount(field string, v scalar) int64 {
	n := c.requiredSigned(field, v)
	if n < 0 {
		c.refuse(field, v, "is negative")
	}
	return n
}

// currency is a code as written; whether ISO 4217 knows it is the report's matter.
func (c *checker) currency(field string, v scalar) money.Currency {
	return money.Currency(c.requiredText(field, v))
}

// success is true where the source does not say.
func (c *checker) success(v scalar) bool {
	if !v.absent() && v.kind != 't' && v.kind != 'f' {
		c.refuse("success", v, "is neither true nor false")
	}
	return v.kind != 'f'
}

// time is an optional instant in UTC; zero where it is absent.
func (c *checker) time(field string, i instant) time.Time {
	switch {
	case i.absent():
		return time.Time{}
	case i.kind != '"':
		c.refuse(field, i.scalar, errTimeForm.Error())
	case i.err != nil:
		c.refuse(field, i.scalar, i.err.Error())
	}
	return i.at
}

// requiredTime is an instant that must be there.
func (c *checker) requiredTime(field string, i instant) time.Time {
	if i.absent() {
		c.missing(field)
	}
	return c.time(field, i)
}

// result is the row's fault, with the row's name, or nil.
func (c *checker) result(what, id string) error {
	if c.fault == nil {
		return nil
	}
	return inRow(what, id, c.fault)
}

func (c *checker) missing(field string) { c.fail(field, "is missing") }

func (c *checker) refuse(field string, v scalar, why string) {
	value := Quote(v.written())
	if v.kind == '"' {
		value = strconv.Quote(Truncate(v.text, maxQuoted))
	}
	c.fail(field, value+" "+why)
}

func (c *checker) fail(field, what string) {
	if c.fault != nil {
		return
	}
	var b strings.Builder
	for _, s := range c.path {
		fmt.Fprintf(&b, "%s[%d].", s.field, s.index)
	}
	c.fault = errors.New(b.String() + field + ": " + what)
}
