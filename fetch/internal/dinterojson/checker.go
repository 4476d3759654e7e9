package dinterojson

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"rapport/fetch/internal/jsonscan"
	"rapport/internal/money"
	"rapport/internal/payment"
)

// checker turns the scalars of rows into values. Of money, times, ids and currencies it keeps
// the first fault; after a fault the values of what it is about mean nothing. A field that
// only describes takes what it can read, or is blank and noted.
type checker struct {
	path   []step // where in the row
	fault  error
	unread []string // describing fields that are blank

	events sliceArena[payment.Event]
	lines  sliceArena[payment.Line]
}

// step is a member of an array within the row: events[2].
type step struct {
	field string
	index int
}

// maxUnread is how many fields of a row are noted.
const maxUnread = 5

// begin begins a row; tooWide is the fault of an object in it that has too many names, or nil.
func (c *checker) begin(tooWide error) {
	c.path, c.fault, c.unread = c.path[:0], tooWide, nil
}

// converter checks a raw row and makes it a noun of package payment.
type converter[R, T any] func(*checker, *R) (T, error)

// newRows reads rows with a checker of their own.
func newRows[R, T any](convert converter[R, T]) *jsonscan.Rows[R, T] {
	c := new(checker)
	return jsonscan.NewRows(func(r *R, tooWide error) (T, error) {
		c.begin(tooWide)
		return convert(c, r)
	}, decodeErrorObject)
}

// convertEach converts the elements of a list of the row; arena may be nil.
func convertEach[R, T any](c *checker, field string, l *jsonscan.List[R], arena *sliceArena[T], convert func(*checker, *R, *T)) []T {
	switch {
	case l.Other != 0 && l.Other != jsonscan.EmptyOther:
		c.fail(field, "is "+jsonscan.KindName(l.Other)+", not a list")
	case l.TooMany() != "":
		c.fail(field, l.TooMany())
	}
	raw := l.All
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

// object faults what stands in the place of an object of money.
func (c *checker) object(field string, not jsonscan.Other) {
	if not != 0 && not != jsonscan.EmptyOther {
		c.fail(field, "is "+jsonscan.KindName(not)+", not an object")
	}
}

// described notes what stands in the place of an object that describes.
func (c *checker) described(field string, not jsonscan.Other) {
	if not != 0 && not != jsonscan.EmptyOther {
		c.blank(field, "is "+jsonscan.KindName(not)+", not an object")
	}
}

// text is an optional text that describes; a number is that text.
func (c *checker) text(field string, v jsonscan.Scalar) string {
	s, why := textOf(v)
	if why != "" {
		c.blank(field, v.Quoted()+" "+why)
	}
	return s
}

// id is an optional id, which may be written as a number.
func (c *checker) id(field string, v jsonscan.Scalar) string {
	s, why := textOf(v)
	if why != "" {
		c.refuse(field, v, why)
	}
	return s
}

// textOf is the text of a value, or why it has none.
func textOf(v jsonscan.Scalar) (s, why string) {
	switch {
	case v.Absent():
		return "", ""
	case v.Kind != '"' && v.Kind != '0':
		return "", "is not a text"
	}
	if s = v.Written(); len(s) > maxText {
		return "", "is longer than 64 KiB"
	}
	return s, ""
}

// requiredText is a text that must be there and not empty.
func (c *checker) requiredText(field string, v jsonscan.Scalar) string {
	switch {
	case v.Absent():
		c.missing(field)
	case v.Kind != '"':
		c.refuse(field, v, "is not a text")
	case v.Text == "":
		c.fail(field, "is empty")
	case len(v.Text) > maxText:
		c.refuse(field, v, "is longer than 64 KiB")
	}
	return v.Text
}

// requiredID is an id that must be there and not empty.
func (c *checker) requiredID(field string, v jsonscan.Scalar) string {
	switch {
	case v.Absent():
		c.missing(field)
	case v.Kind == '"' && v.Text == "":
		c.fail(field, "is empty")
	}
	return c.id(field, v)
}

// decimal is an optional number that describes, without exponent; it may be written as a text.
func (c *checker) decimal(field string, v jsonscan.Scalar) string {
	if v.Absent() || v.Kind == '"' && v.Text == "" {
		return ""
	}
	plain, ok := v.Decimal()
	if !ok {
		c.blank(field, v.Quoted()+" is not a decimal number")
	}
	return plain
}

// signed is an optional amount in minor units, of either sign; false where it is absent.
func (c *checker) signed(field string, v jsonscan.Scalar) (int64, bool) {
	switch {
	case v.Absent():
		return 0, false
	case v.Kind != '0':
		c.refuse(field, v, "is not an integer")
	case !v.Integer:
		c.refuse(field, v, "is not an integer of minor units in 64 bits")
	}
	return v.Number, true
}

// optional is an amount of either sign; nil where it is absent.
func (c *checker) optional(field string, v jsonscan.Scalar) *int64 {
	if n, ok := c.signed(field, v); ok {
		return &n
	}
	return nil
}

// requiredSigned is an amount of either sign that must be there.
func (c *checker) requiredSigned(field string, v jsonscan.Scalar) int64 {
	n, ok := c.signed(field, v)
	if !ok {
		c.missing(field)
	}
	return n
}

// amount is an amount that must be there and is not negative.
func (c *checker) amount(field string, v jsonscan.Scalar) int64 {
	n := c.requiredSigned(field, v)
	if n < 0 {
		c.refuse(field, v, "is negative")
		return 0
	}
	return n
}

// currency is a code as written; whether ISO 4217 knows it is the report's matter.
func (c *checker) currency(field string, v jsonscan.Scalar) money.Currency {
	return money.Currency(c.requiredText(field, v))
}

// success is true where the source does not say.
func (c *checker) success(v jsonscan.Scalar) bool {
	if !v.Absent() && v.Kind != 't' && v.Kind != 'f' {
		c.refuse("success", v, "is neither true nor false")
	}
	return v.Kind != 'f'
}

// time is an optional instant in UTC; zero where it is absent.
func (c *checker) time(field string, i jsonscan.Instant) time.Time {
	switch {
	case i.Absent():
		return time.Time{}
	case i.Kind != '"':
		c.refuse(field, i.Scalar, jsonscan.ErrTimeForm.Error())
	case i.Err != nil:
		c.refuse(field, i.Scalar, i.Err.Error())
	}
	return i.At
}

// describedTime is an instant that describes.
func (c *checker) describedTime(field string, v jsonscan.Scalar) time.Time {
	at, err := jsonscan.ParseTime([]byte(v.Text))
	if v.Kind != '"' || err != nil {
		c.blank(field, v.Quoted()+" "+jsonscan.ErrTimeForm.Error())
	}
	return at
}

// requiredTime is an instant that must be there.
func (c *checker) requiredTime(field string, i jsonscan.Instant) time.Time {
	if i.Absent() {
		c.missing(field)
	}
	return c.time(field, i)
}

// begun is the fault so far, which is set aside while a part of the row is checked.
func (c *checker) begun() (outer error) {
	outer, c.fault = c.fault, nil
	return outer
}

// ended is the fault of that part.
func (c *checker) ended(outer error) (fault error) {
	fault, c.fault = c.fault, outer
	return fault
}

func (c *checker) missing(field string) { c.fail(field, "is missing") }

func (c *checker) refuse(field string, v jsonscan.Scalar, why string) {
	c.fail(field, v.Quoted()+" "+why)
}

func (c *checker) fail(field, what string) {
	if c.fault == nil {
		c.fault = errors.New(c.at(field) + ": " + what)
	}
}

// blank notes a describing field that is left blank.
func (c *checker) blank(field, why string) {
	if len(c.unread) < maxUnread {
		c.unread = append(c.unread, c.at(field)+": "+why)
	}
}

// at is the path of a field in the row.
func (c *checker) at(field string) string {
	var b strings.Builder
	for _, s := range c.path {
		fmt.Fprintf(&b, "%s[%d].", s.field, s.index)
	}
	return strings.TrimSuffix(b.String()+field, ".")
}

// sliceArena makes small slices, many to an allocation.
type sliceArena[T any] struct{ free []T }

const sliceBlock = 32 // elements

func (a *sliceArena[T]) make(n int) []T {
	if n > len(a.free) {
		a.free = make([]T, max(n, sliceBlock))
	}
	s := a.free[:n:n]
	a.free = a.free[n:]
	return s
}
