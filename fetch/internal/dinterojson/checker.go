package dinterojson

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"rapport/internal/money"
	"rapport/internal/payment"
	"rapport/internal/text"
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

// begin begins a row; over is an object in it that has too many names, or empty.
func (c *checker) begin(over string) {
	c.path, c.fault, c.unread = c.path[:0], nil, nil
	if over != "" {
		c.fail(over, fmt.Sprintf("has more than %d names", maxNames))
	}
}

// convertEach converts the elements of a list of the row; arena may be nil.
func convertEach[R, T any](c *checker, field string, l *list[R], arena *sliceArena[T], convert func(*checker, *R, *T)) []T {
	switch {
	case l.other != 0 && l.other != emptyOther:
		c.fail(field, "is "+kindName(l.other)+", not a list")
	case l.over > 0:
		c.fail(field, tooMany(int(l.over)))
	}
	raw := l.all
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
func (c *checker) object(field string, not other) {
	if not != 0 && not != emptyOther {
		c.fail(field, "is "+kindName(not)+", not an object")
	}
}

// described notes what stands in the place of an object that describes.
func (c *checker) described(field string, not other) {
	if not != 0 && not != emptyOther {
		c.blank(field, "is "+kindName(not)+", not an object")
	}
}

// text is an optional text that describes; a number is that text.
func (c *checker) text(field string, v scalar) string {
	s, why := textOf(v)
	if why != "" {
		c.blank(field, valueOf(v)+" "+why)
	}
	return s
}

// id is an optional id, which may be written as a number.
func (c *checker) id(field string, v scalar) string {
	s, why := textOf(v)
	if why != "" {
		c.refuse(field, v, why)
	}
	return s
}

// textOf is the text of a value, or why it has none.
func textOf(v scalar) (s, why string) {
	switch {
	case v.absent():
		return "", ""
	case v.kind != '"' && v.kind != '0':
		return "", "is not a text"
	}
	if s = v.written(); len(s) > maxText {
		return "", "is longer than 64 KiB"
	}
	return s, ""
}

// requiredText is a text that must be there and not empty.
func (c *checker) requiredText(field string, v scalar) string {
	switch {
	case v.absent():
		c.missing(field)
	case v.kind != '"':
		c.refuse(field, v, "is not a text")
	case v.text == "":
		c.fail(field, "is empty")
	case len(v.text) > maxText:
		c.refuse(field, v, "is longer than 64 KiB")
	}
	return v.text
}

// requiredID is an id that must be there and not empty.
func (c *checker) requiredID(field string, v scalar) string {
	switch {
	case v.absent():
		c.missing(field)
	case v.kind == '"' && v.text == "":
		c.fail(field, "is empty")
	}
	return c.id(field, v)
}

// decimal is an optional number that describes, without exponent; it may be written as a text.
func (c *checker) decimal(field string, v scalar) string {
	if v.absent() || v.kind == '"' && v.text == "" {
		return ""
	}
	plain, ok := "", false
	switch {
	case v.kind == '0':
		plain, ok = plainNumber(v.written())
	case v.kind == '"' && len(v.text) <= maxDigits && skipNumber([]byte(v.text), 0) == len(v.text):
		plain, ok = plainNumber(v.text)
	}
	if !ok {
		c.blank(field, valueOf(v)+" is not a decimal number")
	}
	return plain
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
		return 0
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

// describedTime is an instant that describes.
func (c *checker) describedTime(field string, v scalar) time.Time {
	at, err := parseTime([]byte(v.text))
	if v.kind != '"' || err != nil {
		c.blank(field, valueOf(v)+" "+errTimeForm.Error())
	}
	return at
}

// requiredTime is an instant that must be there.
func (c *checker) requiredTime(field string, i instant) time.Time {
	if i.absent() {
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

func (c *checker) refuse(field string, v scalar, why string) { c.fail(field, valueOf(v)+" "+why) }

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

// valueOf is a value in an error text.
func valueOf(v scalar) string {
	if v.kind == '"' {
		return strconv.Quote(text.Truncate(v.text, maxQuoted))
	}
	return Quote(v.written())
}
