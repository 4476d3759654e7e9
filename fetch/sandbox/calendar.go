package sandbox

import (
	"math/bits"
	"strings"
	"time"
)

// lifetime is how long after its creation a transaction can still change.
const lifetime = 180 * day

const day = 24 * time.Hour

// date is a calendar day in Oslo, counted from 1 July 2014: half a year before
// the first promised day, so that day one has refunds too.
type date int

type calendar struct{ zone *time.Location }

// midnight is the first instant of d.
func (c calendar) midnight(d date) time.Time {
	return time.Date(2014, time.July, 1+int(d), 0, 0, 0, 0, c.zone)
}

// dateOf is the day t falls on; days before the books begin are negative.
func (c calendar) dateOf(t time.Time) date {
	y, m, d := t.In(c.zone).Date()
	hours := time.Date(y, m, d, 0, 0, 0, 0, time.UTC).Sub(time.Date(2014, time.July, 1, 0, 0, 0, 0, time.UTC)).Hours()
	return date(hours / 24)
}

// office is a moment within working hours, days after t.
func (c calendar) office(t time.Time, days int, d *dice) time.Time {
	return c.midnight(c.dateOf(t) + date(days)).Add(d.span(8*time.Hour, 16*time.Hour))
}

// place is where a thing stands in the books: the nth thing of a day. Ids encode
// it, so a cursor is found without making every day before it.
type place struct {
	day date
	n   int // 0–255
}

const placeMask = 0x5a3c961

// code is the place as a number of 28 bits that does not look like one.
func (p place) code() uint32 {
	return bits.Reverse32(uint32(p.day)<<8|uint32(p.n))>>4 ^ placeMask
}

func placeOf(code uint32) place {
	key := bits.Reverse32(code^placeMask) >> 4
	return place{day: date(key >> 8), n: int(key & 0xff)}
}

// id is the part of a transaction id behind the account: the place and a hash.
func (p place) id(seed uint64) string {
	var head [5]byte
	for i, code := 4, p.code(); i >= 0; i-- {
		head[i] = alphabet[code%62]
		code /= 62
	}
	return string(head[:]) + roll(seed, uint64(p.day), uint64(p.n), 0x1d).letters(17)
}

// findPlace reads the place from an id; ok is false unless it is the id of that place.
func findPlace(seed uint64, id string) (p place, ok bool) {
	if len(id) != 22 {
		return place{}, false
	}
	var code uint32
	for i := range 5 {
		at := strings.IndexByte(alphabet, id[i])
		if at < 0 {
			return place{}, false
		}
		code = code*62 + uint32(at)
	}
	if code >= 1<<28 {
		return place{}, false
	}
	p = placeOf(code)
	return p, p.id(seed) == id
}
