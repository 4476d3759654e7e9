package shop

import (
	"fmt"
	"math/bits"
	"strconv"
	"strings"
)

// Serial numbers the things of a day. Ids encode it, so a cursor is found without making
// every day before it.
type Serial struct {
	Day Date
	N   int // 0–255
}

// Number is the serial itself, of whatever holds one.
func (s Serial) Number() Serial { return s }

const serialMask = 0x5a3c961

// code is the serial as a number of 28 bits that does not look like one.
func (s Serial) code() uint32 {
	return bits.Reverse32(uint32(s.Day)<<8|uint32(s.N))>>4 ^ serialMask
}

func serialOf(code uint32) Serial {
	key := bits.Reverse32(code^serialMask) >> 4
	return Serial{Day: Date(key >> 8), N: int(key & 0xff)}
}

// TransactionID is the part of a transaction's id behind the account: the serial and a hash.
func (s Serial) TransactionID(seed uint64) string {
	var head [5]byte
	for i, code := 4, s.code(); i >= 0; i-- {
		head[i] = alphabet[code%62]
		code /= 62
	}
	return string(head[:]) + NewRNG(seed, uint64(s.Day), uint64(s.N), 0x1d).Letters(17)
}

// ParseTransactionID reads the serial in a transaction's id; false where it is the id of none.
func ParseTransactionID(seed uint64, id string) (s Serial, ok bool) {
	if len(id) != 22 {
		return Serial{}, false
	}
	var code uint32
	for i := range 5 {
		at := strings.IndexByte(alphabet, id[i])
		if at < 0 {
			return Serial{}, false
		}
		code = code*62 + uint32(at)
	}
	if code >= 1<<28 {
		return Serial{}, false
	}
	s = serialOf(code)
	return s, s.TransactionID(seed) == id
}

const firstOrder = 100_000_000

// orderNumber is the merchant reference of an ordinary order.
func (s Serial) orderNumber() string {
	return fmt.Sprintf("FF%d", firstOrder+int(s.Day)*1000+s.N)
}

// ParseOrderNumber reads the serial in an ordinary order's number.
func ParseOrderNumber(number string) (s Serial, ok bool) {
	n, err := strconv.Atoi(strings.TrimPrefix(number, "FF"))
	if err != nil || n < firstOrder {
		return Serial{}, false
	}
	n -= firstOrder
	return Serial{Date(n / 1000), n % 1000}, true
}

// ParseCardID reads the serial in a gift card's id.
func ParseCardID(id string) (s Serial, ok bool) {
	code, err := strconv.ParseUint(id[:min(8, len(id))], 16, 28)
	return serialOf(uint32(code)), err == nil
}
