package settlement

import (
	"encoding/binary"
	"errors"
	"hash/fnv"
)

// share is what of a movement stands in a line.
type share struct {
	line   LineKey
	amount int64
}

// hash names a movement in 64 bits.
func (m *Movement) hash() uint64 {
	h := fnv.New64a()
	_, _ = h.Write([]byte(m.Transaction + "\x00" + m.Event)) // never fails
	return h.Sum64()
}

// lineTable numbers lines.
type lineTable struct {
	keys  []LineKey
	index map[LineKey]int
}

func (t *lineTable) at(k LineKey) int {
	if i, ok := t.index[k]; ok {
		return i
	}
	if t.index == nil {
		t.index = map[LineKey]int{}
	}
	t.index[k] = len(t.keys)
	t.keys = append(t.keys, k)
	return len(t.keys) - 1
}

// appendCounted adds a movement and its shares: eight bytes, then the number of shares, then
// the number of the line and the amount of each.
func appendCounted(dst []byte, hash uint64, shares []share, lines *lineTable) []byte {
	dst = binary.BigEndian.AppendUint64(dst, hash)
	dst = binary.AppendUvarint(dst, uint64(len(shares)))
	for _, s := range shares {
		dst = binary.AppendUvarint(dst, uint64(lines.at(s.line)))
		dst = binary.AppendVarint(dst, s.amount)
	}
	return dst
}

var errBroken = errors.New("record of settlements: what it counted cannot be read")

// readCounted reads what appendCounted wrote into counted; what is there already gives way.
func readCounted(data []byte, keys []LineKey, counted map[uint64][]share) error {
	for len(data) > 0 {
		if len(data) < 9 {
			return errBroken
		}
		hash := binary.BigEndian.Uint64(data)
		n, size := binary.Uvarint(data[8:])
		if size <= 0 || n > uint64(len(data)) {
			return errBroken
		}
		data = data[8+size:]
		shares := make([]share, n)
		for i := range shares {
			line, a := binary.Uvarint(data)
			if a <= 0 || line >= uint64(len(keys)) {
				return errBroken
			}
			amount, b := binary.Varint(data[a:])
			if b <= 0 {
				return errBroken
			}
			shares[i] = share{keys[line], amount}
			data = data[a+b:]
		}
		counted[hash] = shares
	}
	return nil
}
