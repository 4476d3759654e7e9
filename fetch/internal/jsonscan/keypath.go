package jsonscan

import (
	"encoding/binary"
	"strings"
)

// keyPath is the names that an object has had so far, in their order. All key paths make
// a tree that remembers the objects that were read before at the same place of a row.
//
// Objects of one kind nearly always have the same names in the same order. So at a key
// path the next name is most likely the one that came last time, and one comparison of
// bytes tells that it is. All else was found out when the name first came: that it is
// a text in quotes with a colon after it, that it is UTF-8, that the object does not have
// it already, and which field of the row it is.
type keyPath struct {
	json   string // the last name as JSON without blanks has it: `,"name":`; none where it cannot be guessed
	head   uint64 // its first eight bytes, as far as mask
	mask   uint64
	tail   uint64   // its last eight bytes
	likely *keyPath // the one that came after it last
	inside *keyPath // where objects in the value of the last name begin
	field  int      // index in the table of fields that are read; or one of those below
	name   string   // the last name; none where the object begins
	names  int
	before *keyPath
	after  []*keyPath // all that came after it
}

// Values of keyPath.field that are no index.
const (
	fieldUnknown = -1 // not looked up yet
	fieldSkipped = -2 // nobody asks for it
)

// Bounds of what is remembered; what is past them is forgotten when its object ends.
const (
	maxKeyPaths = 4096
	maxAfter    = 32
	maxKept     = 128 // bytes of a name
)

// children is where objects within the value of the last name begin.
func (p *keyPath) children() *keyPath {
	if p.inside == nil {
		p.inside = new(keyPath)
	}
	return p.inside
}

// known is the key path of p and one more name that came before, or nil.
func (p *keyPath) known(name []byte) *keyPath {
	for _, next := range p.after {
		if next.name == string(name) {
			return next
		}
	}
	return nil
}

// matches tells whether the bytes from i on are the last name of p, as it came before.
func (p *keyPath) matches(b []byte, i int) bool {
	if p == nil {
		return false
	}
	n := len(p.json)
	switch {
	case i+8 > len(b) || i+n > len(b):
		return i+n <= len(b) && string(b[i:i+n]) == p.json
	case binary.LittleEndian.Uint64(b[i:])&p.mask != p.head:
		return false
	case n <= 8:
		return true
	case binary.LittleEndian.Uint64(b[i+n-8:]) != p.tail:
		return false
	}
	return n <= 16 || string(b[i+8:i+n-8]) == p.json[8:n-8]
}

// write remembers how the last name is written.
func (p *keyPath) write(json string) {
	p.json, p.mask = json, 1<<(8*min(len(json), 8))-1
	p.head = binary.LittleEndian.Uint64(append([]byte(json), make([]byte, 8)...)) & p.mask
	if n := len(json); n > 8 {
		p.tail = binary.LittleEndian.Uint64([]byte(json[n-8:]))
	}
}

// learn is the key path of p and a name that never came after it; nil where the object
// has the name already, or too many. plain: the name is written without escapes.
func (s *Scanner) learn(p *keyPath, name []byte, plain bool) *keyPath {
	if p.names == maxMembers {
		return nil
	}
	next := &keyPath{name: string(name), field: fieldUnknown, names: p.names + 1, before: p}
	for other := p; other.names > 0; other = other.before {
		if other.name == next.name {
			return nil
		}
	}
	if s.keyPaths < maxKeyPaths && len(p.after) < maxAfter && len(name) <= maxKept {
		s.keyPaths++
		p.after = append(p.after, next)
		if plain {
			next.write(strings.Repeat(",", min(p.names, 1)) + `"` + next.name + `":`)
		}
	}
	return next
}

// otherName reads a name that is not the likely one: the comma before it, unless the object
// begins, the name and the colon. It returns the key path with it and the index of the
// value. A name that the object already has is unsupported: the library then says where.
func (s *Scanner) otherName(b []byte, i int, p *keyPath) (*keyPath, int) {
	for _, next := range p.after {
		if next.json != "" && next.matches(b, i) {
			p.likely = next
			return next, i + len(next.json)
		}
	}
	if p.names > 0 {
		if i = skipByte(b, i, ','); i < 0 {
			return nil, i
		}
	}
	if i = skipBlanks(b, i); i >= len(b) {
		return nil, incomplete
	}
	if b[i] != '"' {
		return nil, unsupported
	}
	end, _ := skipText(b, i)
	if end < 0 {
		return nil, end
	}
	name := unquote(b[i:end])
	next := p.known(name)
	if next == nil {
		next = s.learn(p, name, len(name) == end-i-2)
	}
	if next == nil {
		return nil, unsupported
	}
	if next.json != "" {
		p.likely = next
	}
	if i = skipByte(b, end, ':'); i < 0 {
		return nil, i
	}
	return next, i
}

// skipByte returns the index after the byte that must come next.
func skipByte(b []byte, i int, want byte) int {
	switch i = skipBlanks(b, i); {
	case i >= len(b):
		return incomplete
	case b[i] != want:
		return unsupported
	}
	return i + 1
}
