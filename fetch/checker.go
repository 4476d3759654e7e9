package fetch

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"rapport/internal/money"
)

// maxText is the longest text that a row may hold, in bytes.
const maxText = 1 << 20

// checker turns the leaves of rows into values and keeps the first fault. After a
// fault the values mean nothing, and no further row is read.
type checker struct {
	path  []step // where in the row
	fault error

	events slab[Event]
	lines  slab[Line]
}

// step is a member of an array within the row: events[2].
type step struct {
	field string
	index int
}

func (c *checker) enter(field string, index int) { c.path = append(c.path, step{field, index}) }
func (c *checker) leave()                        { c.path = c.path[:len(c.path)-1] }

// text is an optional text.
func (c *checker) text(field string, l leaf) string {
	switch {
	case l.absent():
		return ""
	case l.kind != '"':
		c.refuse(field, l, "is not a text")
	case len(l.text) > maxText:
		c.refuse(field, l, "is longer than 1 MiB")
	}
	return l.text
}

// name is a text that must be there.
func (c *checker) name(field string, l leaf) string {
	switch {
	case l.absent():
		c.missing(field)
	case l.kind == '"' && l.text == "":
		c.faulty(field, "is empty")
	}
	return c.text(field, l)
}

// label is a text or a number, as line ids are.
func (c *checker) label(field string, l leaf) string {
	if l.kind == '0' {
		return l.written()
	}
	return c.text(field, l)
}

// decimal is a number as written; exponents are refused, since no report prints them.
func (c *checker) decimal(field string, l leaf) string {
	switch {
	case l.absent():
		return ""
	case l.kind != '0' || strings.ContainsAny(l.text, "eE"):
		c.refuse(field, l, "is not a decimal number")
	}
	return l.written()
}

// minor is an amount in minor units, of either sign; false where it is absent.
func (c *checker) minor(field string, l leaf) (int64, bool) {
	switch {
	case l.absent():
		return 0, false
	case l.kind != '0':
		c.refuse(field, l, "is not an integer")
	case !l.whole:
		c.refuse(field, l, "is not an integer of minor units in 64 bits")
	}
	return l.num, true
}

// share is an amount of either sign that must be there.
func (c *checker) share(field string, l leaf) int64 {
	n, there := c.minor(field, l)
	if !there {
		c.missing(field)
	}
	return n
}

// unsigned is an amount that is not negative; false where it is absent.
func (c *checker) unsigned(field string, l leaf) (int64, bool) {
	n, there := c.minor(field, l)
	if n < 0 {
		c.refuse(field, l, "is negative")
	}
	return n, there
}

// amount is an amount that must be there and is not negative.
func (c *checker) amount(field string, l leaf) int64 {
	n, there := c.unsigned(field, l)
	if !there {
		c.missing(field)
	}
	return n
}

// currency is a code as written; whether ISO 4217 knows it is the report's matter.
func (c *checker) currency(field string, l leaf) money.Currency {
	return money.Currency(c.name(field, l))
}

// success is true where the source does not say.
func (c *checker) success(l leaf) bool {
	if !l.absent() && l.kind != 't' && l.kind != 'f' {
		c.refuse("success", l, "is neither true nor false")
	}
	return l.kind != 'f'
}

// time is an optional instant in UTC; zero where it is absent.
func (c *checker) time(field string, i instant) time.Time {
	switch {
	case i.absent():
		return time.Time{}
	case i.kind != '"':
		c.refuse(field, i.leaf, errTimeForm.Error())
	case i.err != nil:
		c.refuse(field, i.leaf, i.err.Error())
	}
	return i.at
}

// moment is an instant that must be there.
func (c *checker) moment(field string, i instant) time.Time {
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
	return about(what, id, c.fault)
}

func (c *checker) missing(field string) { c.faulty(field, "is missing") }

func (c *checker) refuse(field string, l leaf, why string) {
	value := shown(l.written())
	if l.kind == '"' {
		value = strconv.Quote(cut(l.text, maxShown))
	}
	c.faulty(field, value+" "+why)
}

func (c *checker) faulty(field, what string) {
	if c.fault != nil {
		return
	}
	var b strings.Builder
	for _, s := range c.path {
		fmt.Fprintf(&b, "%s[%d].", s.field, s.index)
	}
	c.fault = errors.New(b.String() + field + ": " + what)
}
