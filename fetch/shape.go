package fetch

import "strings"

// A shape is the names that an object has had so far, in their order: a place in a
// tree of all objects that were read before at the same place of a row.
//
// Objects of one kind have the same names in the same order nearly always. So where
// the scanner stands at a shape, the next name is most likely the one that came last
// time, and one comparison of bytes tells that it is: that it is a text in quotes with
// a colon after it, that it is UTF-8, that the object does not have it already and
// which field of the row it is were all found out when it was first met.
type shape struct {
	name   string // the last of them; none where the object begins
	text   string // that name as JSON without blanks has it: `,"name":`; none where it can not be the likely one
	field  int    // what the row calls it; 0: nothing that is read
	names  int
	before *shape
	likely *shape   // the one that came after it last
	after  []*shape // all that came after it
	inside *shape   // where objects in the value of the member begin
}

// Bounds of what is remembered; what is past them is forgotten when its object ends.
const (
	shapesKept = 4096
	afterKept  = 32
)

// within is where objects within the member's value begin.
func (p *shape) within() *shape {
	if p.inside == nil {
		p.inside = new(shape)
	}
	return p.inside
}

// known is the shape of p and one more name that was met before, or nil.
func (p *shape) known(name []byte) *shape {
	for _, next := range p.after {
		if next.name == string(name) {
			return next
		}
	}
	return nil
}

// learn is the shape of p and a name that is not known after it; nil where the object
// has the name already, or too many.
func (s *scanner) learn(p *shape, name []byte, plain bool, fields []string) *shape {
	if p.names == widest {
		return nil
	}
	next := &shape{name: string(name), names: p.names + 1, before: p}
	for other := p; other.names > 0; other = other.before {
		if other.name == next.name {
			return nil
		}
	}
	for i := range fields {
		if i > 0 && fields[i] == next.name {
			next.field = i
		}
	}
	if s.shapes < shapesKept && len(p.after) < afterKept {
		s.shapes++
		p.after = append(p.after, next)
		if plain {
			next.text = strings.Repeat(",", min(p.names, 1)) + `"` + next.name + `":`
		}
	}
	return next
}

// leads tells whether the bytes from i on are the last name of p, as it was met before.
func (p *shape) leads(b []byte, i int) bool {
	return p != nil && len(b)-i >= len(p.text) && string(b[i:i+len(p.text)]) == p.text
}

// otherName reads the comma that must come first, unless the object begins, the name
// and the colon, and returns the shape with it and the index of the value. A name that
// the object already has is odd: the library then says where.
func (s *scanner) otherName(b []byte, i int, p *shape, fields []string) (*shape, int) {
	for _, next := range p.after {
		if next.text != "" && next.leads(b, i) {
			p.likely = next
			return next, i + len(next.text)
		}
	}
	if p.names > 0 {
		if i = skipBlanks(b, i); i >= len(b) {
			return nil, short
		}
		if b[i] != ',' {
			return nil, odd
		}
		i++
	}
	if i = skipBlanks(b, i); i >= len(b) {
		return nil, short
	}
	if b[i] != '"' {
		return nil, odd
	}
	end := skipText(b, i)
	if end < 0 {
		return nil, end
	}
	name := unquote(b[i:end])
	plain := len(name) == end-i-2
	next := p.known(name)
	if next == nil {
		next = s.learn(p, name, plain, fields)
	}
	if next == nil {
		return nil, odd
	}
	if next.text != "" {
		p.likely = next
	}
	switch i = skipBlanks(b, end); {
	case i >= len(b):
		return nil, short
	case b[i] != ':':
		return nil, odd
	}
	return next, i + 1
}
