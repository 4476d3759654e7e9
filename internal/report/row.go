package report

import (
	"encoding/binary"
	"fmt"
	"slices"
	"time"

	"rapport/internal/content"
	"rapport/internal/extsort"
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
	classPaid
	classOpen
	classUnknown // no row of the report: money of a kind that nobody knows
	classBefore  // likewise: what was on gift cards before the period
	classExpired // likewise: what was left on one that expired
	classUnread  // likewise: a movement before the period that cannot be read
)

// IsUnknown tells whether a row is money of a kind that nobody knows.
func (r *Row) IsUnknown() bool { return r.class == classUnknown }

// IsBeside tells whether a row is no row of the report but money that must be told beside it.
func (r *Row) IsBeside() bool { return r.class >= classUnknown }

// A Row is one line of a report, with what is needed to sort it, to drop it when
// its thing came again, newer, and to count it.
type Row struct {
	at        time.Time // what it is sorted by, to the nanosecond
	tie       string    // then by this id
	thing     string    // the transaction, order or movement it belongs to
	copy      int64     // which copy of the thing, see collector
	ordinal   int       // then by the thing's order in the data and its own in the thing
	class     class
	repeats   bool      // repeats an amount that another row of the same operation counts
	exceeds   bool      // a capture with which more is captured than was authorised
	sameLine  bool      // of an order: is of the line that the row before it counts
	ownStore  bool      // of a capture or refund: the store is the seller's own
	unsettled int64     // likewise: what of it Dintero has not settled yet, signed, in minor units
	vat       []vatPart // likewise: its VAT by rate, where Dintero says the rate
	version   int64     // of the thing, in seconds: what is newest names a store
	life      life      // of an open authorisation
	Cells     []content.Value
}

// A life is how long an authorisation can still be captured, and of how long in all; in days,
// begun ones too. The zero one is that of which nobody knows.
type life struct{ left, of int64 }

// The parts of a key but the tie, which ends with a zero byte.
const timeBytes, copyBytes, ordinalBytes = 9, 8, 4

// appendKey appends the sort key: bytes that compare as rows sort.
func (r *Row) appendKey(dst []byte) []byte {
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
	isExcess   = 1 << 5
	isSameLine = 1 << 4
)

// AppendValue appends all that the key does not hold.
func (r *Row) AppendValue(dst []byte) []byte {
	flags := byte(r.class)
	if r.repeats {
		flags |= isRepeat
	}
	if r.exceeds {
		flags |= isExcess
	}
	if r.sameLine {
		flags |= isSameLine
	}
	if r.thing == r.tie {
		dst = append(dst, flags|thingIsTie)
	} else {
		dst = extsort.AppendText(append(dst, flags), r.thing)
	}
	dst = binary.AppendVarint(dst, r.version)
	if r.class == classOpen {
		dst = binary.AppendVarint(binary.AppendVarint(dst, r.life.left), r.life.of)
	}
	if r.class == classCapture || r.class == classRefund {
		own := byte(0)
		if r.ownStore {
			own = 1
		}
		dst = appendVAT(binary.AppendVarint(append(dst, own), r.unsettled), r.vat)
	}
	dst = append(dst, byte(len(r.Cells)))
	for i := range r.Cells {
		dst = appendCell(dst, &r.Cells[i])
	}
	return dst
}

// copyOf is the thing that a row belongs to, and which copy of it.
func copyOf(rec extsort.Record) (thing []byte, number int64) {
	end := len(rec.Key) - ordinalBytes - copyBytes
	number = int64(binary.BigEndian.Uint64(rec.Key[end:]))
	if rec.Value[0]&thingIsTie != 0 {
		return rec.Key[timeBytes : end-1], number
	}
	n, size := binary.Uvarint(rec.Value[1:])
	return rec.Value[1+size:][:n], number
}

// ReadRow reads what appendValue wrote: class and cells, texts as parts of value, times in
// zone. The thing is known by then, see copyOf.
func ReadRow(value string, zone *time.Location, into *Row) error {
	d := extsort.Decoder{Rest: value}
	flags := d.Byte()
	if flags&thingIsTie == 0 {
		into.thing = d.Text()
	}
	into.class, into.repeats, into.exceeds, into.sameLine = class(flags&^(isRepeat|thingIsTie|isExcess|isSameLine)), flags&isRepeat != 0, flags&isExcess != 0, flags&isSameLine != 0
	into.version = d.Varint()
	if into.class == classOpen {
		into.life = life{left: d.Varint(), of: d.Varint()}
	}
	into.ownStore, into.unsettled, into.vat = false, 0, into.vat[:0]
	if into.class == classCapture || into.class == classRefund {
		into.ownStore, into.unsettled = d.Byte() == 1, d.Varint()
		into.vat = readVAT(&d, into.vat)
	}
	n := int(d.Byte())
	into.Cells = slices.Grow(into.Cells[:0], n)[:n]
	for i := range into.Cells {
		readCell(&d, &into.Cells[i], zone)
	}
	if d.Broken || len(d.Rest) > 0 {
		return fmt.Errorf("read sorted rows: %d bytes do not hold a row", len(value))
	}
	return nil
}
