package fetch

import (
	"encoding/binary"
	"math/bits"
)

// nameSet is the names of an object read so far: those in scanner.names from begin on.
type nameSet struct {
	begin int
	bits  uint64 // one set for each name: most names differ from all others in it
}

// readName reads the name that begins at i and the colon, and returns the index of
// the value. A name that the object already has is odd: the library then says where.
func (s *scanner) readName(b []byte, i int, known *nameSet) int {
	switch {
	case i >= len(b):
		return short
	case b[i] != '"':
		return odd
	}
	var name []byte
	end := plainTo(b, i+1) + 1
	if end <= len(b) && b[end-1] == '"' {
		name = b[i+1 : end-1]
	} else if end = skipText(b, i); end < 0 {
		return end
	} else {
		name = unquote(b[i:end])
	}
	bit := uint64(1) << (hash(name) >> 58)
	if known.bits&bit != 0 && s.has(known, name) {
		return odd
	}
	known.bits |= bit
	s.names = append(s.names, name)
	switch i = skipBlanks(b, end); {
	case i >= len(b):
		return short
	case b[i] != ':':
		return odd
	}
	return skipBlanks(b, i+1)
}

// has compares a name with all of an object; it is true too where there are too many.
func (s *scanner) has(known *nameSet, name []byte) bool {
	for _, other := range s.names[known.begin:] {
		if string(other) == string(name) {
			return true
		}
	}
	return len(s.names)-known.begin >= widest
}

// hash folds the length, the first and the last bytes of a text; its high bits are
// the better ones.
func hash(text []byte) uint64 {
	n := len(text)
	x := uint64(n)
	switch {
	case n >= 8:
		x ^= binary.LittleEndian.Uint64(text) ^ bits.RotateLeft64(binary.LittleEndian.Uint64(text[n-8:]), 29)
	case n >= 4:
		x ^= uint64(binary.LittleEndian.Uint32(text))<<8 ^ uint64(binary.LittleEndian.Uint32(text[n-4:]))<<32
	case n > 0:
		x |= uint64(text[0])<<8 | uint64(text[n/2])<<16 | uint64(text[n-1])<<24
	}
	return x * 0x9e3779b97f4a7c15
}

// texts keeps short texts that come again and again (currencies, stores, methods),
// so that each is in memory once. A text that is not there takes another's place.
type texts struct{ kept [512]string }

func (t *texts) of(text []byte) string {
	if len(text) > 40 {
		return string(text)
	}
	place := &t.kept[hash(text)>>55]
	if *place != string(text) {
		*place = string(text)
	}
	return *place
}
