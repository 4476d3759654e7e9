package pipeline

import (
	"encoding/binary"
	"fmt"
	"time"

	"rapport/internal/money"
	"rapport/render"
)

// A class says how a row counts in the totals, where not all rows count alike.
type class uint8

const (
	classCapture class = iota + 1
	classRefund
	classFund
	classDrawdown
	classReserved
	classReleased
	classOther
)

// A row is one line of a report, with what is needed to sort it, to drop it when
// its thing came again, newer, and to count it.
type row struct {
	at      time.Time // what it is sorted by, to the nanosecond
	tie     string    // then by this id
	thing   string    // the transaction, order or movement it belongs to
	copy    int64     // which copy of the thing, see collector
	ordinal int       // then by the thing's order in the data and its own in the thing
	class   class
	repeats bool // repeats an amount that another row of the same operation counts
	cells   []render.Value
}

// appendKey appends the sort key: bytes that compare as rows sort.
func (r *row) appendKey(dst []byte) []byte {
	seconds, nanos := uint64(r.at.Unix()+1<<39), uint32(r.at.Nanosecond())
	dst = binary.BigEndian.AppendUint64(dst, seconds<<24|uint64(nanos>>8)) // 40 bits of seconds hold every year that has four digits
	dst = append(dst, byte(nanos))
	dst = append(append(dst, r.tie...), 0)
	dst = binary.BigEndian.AppendUint64(dst, uint64(r.copy)) // things come in the data's order
	return binary.BigEndian.AppendUint32(dst, uint32(r.ordinal))
}

// appendValue appends all that the key does not hold.
func (r *row) appendValue(dst []byte) []byte {
	dst = appendText(dst, r.thing)
	dst = binary.AppendVarint(dst, r.copy)
	flags := byte(r.class) << 1
	if r.repeats {
		flags |= 1
	}
	dst = append(dst, flags, byte(len(r.cells)))
	for i := range r.cells {
		dst = appendCell(dst, &r.cells[i])
	}
	return dst
}

func appendCell(dst []byte, v *render.Value) []byte {
	dst = append(dst, byte(v.Kind))
	switch v.Kind {
	case render.Text, render.Decimal:
		dst = appendText(dst, v.Text)
	case render.Money:
		dst = appendText(binary.AppendVarint(dst, v.Number), string(v.Code))
	case render.Integer:
		dst = binary.AppendVarint(dst, v.Number)
	case render.Time:
		dst = binary.AppendVarint(dst, v.Time.Unix())
		dst = binary.AppendUvarint(dst, uint64(v.Time.Nanosecond()))
	}
	return dst
}

func appendText(dst []byte, s string) []byte {
	return append(binary.AppendUvarint(dst, uint64(len(s))), s...)
}

// readRow reads what appendValue wrote: thing, copy, class and cells, times in zone.
func readRow(value []byte, zone *time.Location, into *row) error {
	d := decoder{rest: value}
	into.thing = d.text()
	into.copy = d.varint()
	flags := d.byte()
	into.class, into.repeats = class(flags>>1), flags&1 == 1
	into.cells = into.cells[:0]
	for range d.byte() {
		into.cells = append(into.cells, d.cell(zone))
	}
	if d.broken || len(d.rest) > 0 {
		return fmt.Errorf("read sorted rows: %d bytes do not hold a row", len(value))
	}
	return nil
}

// A decoder takes values off the front of rest; once broken it yields zeros.
type decoder struct {
	rest   []byte
	broken bool
}

func (d *decoder) cell(zone *time.Location) render.Value {
	v := render.Value{Kind: render.Kind(d.byte())}
	switch v.Kind {
	case render.Text, render.Decimal:
		v.Text = d.text()
	case render.Money:
		v.Number = d.varint()
		v.Code = money.Currency(d.text())
	case render.Integer:
		v.Number = d.varint()
	case render.Time:
		seconds := d.varint()
		v.Time = time.Unix(seconds, int64(d.uvarint())).In(zone)
	}
	return v
}

func (d *decoder) byte() byte {
	b := d.take(1)
	if b == nil {
		return 0
	}
	return b[0]
}

func (d *decoder) text() string { return string(d.take(d.uvarint())) }

func (d *decoder) varint() int64 {
	n, size := binary.Varint(d.rest)
	d.skip(size)
	return n
}

func (d *decoder) uvarint() uint64 {
	n, size := binary.Uvarint(d.rest)
	d.skip(size)
	return n
}

func (d *decoder) skip(size int) {
	if size <= 0 {
		d.broken, d.rest = true, nil
		return
	}
	d.rest = d.rest[size:]
}

func (d *decoder) take(n uint64) []byte {
	if n > uint64(len(d.rest)) {
		d.broken, d.rest = true, nil
		return nil
	}
	b := d.rest[:n]
	d.rest = d.rest[n:]
	return b
}
