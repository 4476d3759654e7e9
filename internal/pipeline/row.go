package pipeline

import (
	"encoding/binary"
	"fmt"
	"slices"
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

// The parts of a key but the tie, which ends with a zero byte.
const timeBytes, copyBytes, ordinalBytes = 9, 8, 4

// appendKey appends the sort key: bytes that compare as rows sort.
func (r *row) appendKey(dst []byte) []byte {
	seconds, nanos := uint64(r.at.Unix()+1<<39), uint32(r.at.Nanosecond())
	dst = binary.BigEndian.AppendUint64(dst, seconds<<24|uint64(nanos>>8)) // 40 bits of seconds hold every year that has four digits
	dst = append(dst, byte(nanos))
	dst = append(append(dst, r.tie...), 0)
	dst = binary.BigEndian.AppendUint64(dst, uint64(r.copy)) // things come in the data's order
	return binary.BigEndian.AppendUint32(dst, uint32(r.ordinal))
}

// The bits of the first byte of a value that are not the class.
const (
	isRepeat   = 1 << 7
	thingIsTie = 1 << 6 // as of a transaction's rows: the value does not repeat it
)

// appendValue appends all that the key does not hold.
func (r *row) appendValue(dst []byte) []byte {
	flags := byte(r.class)
	if r.repeats {
		flags |= isRepeat
	}
	if r.thing == r.tie {
		dst = append(dst, flags|thingIsTie)
	} else {
		dst = appendText(append(dst, flags), r.thing)
	}
	dst = append(dst, byte(len(r.cells)))
	for i := range r.cells {
		dst = appendCell(dst, &r.cells[i])
	}
	return dst
}

// copyOf is the thing that a row belongs to, and which copy of it.
func copyOf(rec record) (thing []byte, number int64) {
	end := len(rec.key) - ordinalBytes - copyBytes
	number = int64(binary.BigEndian.Uint64(rec.key[end:]))
	if rec.value[0]&thingIsTie != 0 {
		return rec.key[timeBytes : end-1], number
	}
	n, size := binary.Uvarint(rec.value[1:])
	return rec.value[1+size:][:n], number
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

// readRow reads what appendValue wrote: class and cells, texts as parts of value, times in
// zone. The thing is known by then, see copyOf.
func readRow(value string, zone *time.Location, into *row) error {
	d := decoder{rest: value}
	flags := d.byte()
	if flags&thingIsTie == 0 {
		into.thing = d.text()
	}
	into.class, into.repeats = class(flags&^(isRepeat|thingIsTie)), flags&isRepeat != 0
	n := int(d.byte())
	into.cells = slices.Grow(into.cells[:0], n)[:n]
	for i := range into.cells {
		readCell(&d, &into.cells[i], zone)
	}
	if d.broken || len(d.rest) > 0 {
		return fmt.Errorf("read sorted rows: %d bytes do not hold a row", len(value))
	}
	return nil
}

// A decoder takes values off the front of rest; once broken it yields zeros.
type decoder struct {
	rest   string
	broken bool
}

// readCell reads what appendCell wrote, times in zone.
func readCell(d *decoder, v *render.Value, zone *time.Location) {
	*v = render.Value{Kind: render.Kind(d.byte())}
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
}

func (d *decoder) byte() byte {
	if d.rest == "" {
		d.broken = true
		return 0
	}
	b := d.rest[0]
	d.rest = d.rest[1:]
	return b
}

func (d *decoder) text() string {
	n := d.uvarint()
	if n > uint64(len(d.rest)) {
		d.broken, d.rest = true, ""
		return ""
	}
	text := d.rest[:n]
	d.rest = d.rest[n:]
	return text
}

// varint reads what [binary.AppendVarint] writes.
func (d *decoder) varint() int64 {
	u := d.uvarint()
	return int64(u>>1) ^ -int64(u&1)
}

// uvarint reads what [binary.AppendUvarint] writes.
func (d *decoder) uvarint() (n uint64) {
	for i, shift := 0, 0; i < len(d.rest) && shift < 64; i, shift = i+1, shift+7 {
		b := d.rest[i]
		n |= uint64(b&0x7f) << shift
		if b < 0x80 {
			d.rest = d.rest[i+1:]
			return n
		}
	}
	d.broken, d.rest = true, ""
	return 0
}
