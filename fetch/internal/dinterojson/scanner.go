package dinterojson

import "github.com/go-json-experiment/json/jsontext"

// scanner reads rows several times as fast as the JSON library, which is where the
// time of a large file goes: most of a transaction is a session that no report
// prints, and it is passed over at the speed of a check.
//
// It never refuses anything. It reads a row that is valid, or says that it cannot;
// then the library reads the same bytes, and its verdict and its words stand. So
// all that must hold here is one thing: what the scanner reads, the library reads
// as the same row. FuzzTheScannerAgreesWithTheLibrary holds it to that.
//
// A row is read by walking it, see scanObject. After the first fault all reading
// ends. What makes it fast is in keyPath (names) and skipText (texts); together they are
// nearly all of a row.
type scanner struct {
	b        []byte
	at       int      // below 0: the fault
	first    bool     // nothing of the array was read yet
	key      *keyPath // the member whose value comes next, or what holds the array whose element does
	open     []container
	row      keyPath // rows are the objects in its value
	keyPaths int     // that are remembered
	texts    textArena
}

// container is an object or array that is open.
type container struct {
	holder *keyPath // the member whose value it is
	last   *keyPath // an object's names so far
}

// scannable is a raw row that a scanner can read.
type scannable interface{ scan(*scanner) }

// scan reads the row that begins at b[at] and returns the index after it, or a fault.
func (s *scanner) scan(b []byte, at int, row scannable) int {
	s.b, s.at, s.open, s.key = b, at, s.open[:0], &s.row
	if s.peek() == 'n' {
		return unsupported // null will do within a row, not for one
	}
	row.scan(s)
	return s.at
}

// field is a member of an object that is read: its name and how.
type field[R any] struct {
	name string
	scan func(*scanner, *R)
}

// scanObject reads the fields of an object, or null, into r and passes over its other members.
func scanObject[R any](s *scanner, fields []field[R], r *R) {
	for more := s.begin('{'); more && s.member(); {
		if s.key.field == fieldUnknown {
			s.key.field = fieldSkipped
			for i := range fields {
				if fields[i].name == s.key.name {
					s.key.field = i
				}
			}
		}
		if i := s.key.field; i >= 0 {
			fields[i].scan(s, r)
		} else {
			s.skip()
		}
	}
}

// scanList reads an array of objects, or null, into the elements of list, whose own arrays
// are used again.
func scanList[R any, P interface {
	*R
	reset()
}](s *scanner, fields []field[R], list []R) []R {
	list = list[:0]
	for more := s.begin('['); more && s.element(); {
		if len(list) < cap(list) {
			list = list[:len(list)+1]
		} else {
			list = append(list, *new(R))
		}
		r := &list[len(list)-1]
		P(r).reset()
		scanObject(s, fields, r)
	}
	return list
}

func (s *scanner) fail(why int) {
	if s.at >= 0 {
		s.at = why
	}
}

// peek is the first byte of what comes next; 0 after a fault and at the end.
func (s *scanner) peek() byte {
	if s.at < 0 {
		return 0
	}
	if s.at < len(s.b) && s.b[s.at] > ' ' {
		return s.b[s.at]
	}
	if s.at = skipBlanks(s.b, s.at); s.at >= len(s.b) {
		s.fail(incomplete)
		return 0
	}
	return s.b[s.at]
}

// begin reads the bracket that begins an object or array, or null, which has no members;
// anything else is a fault.
func (s *scanner) begin(bracket byte) bool {
	switch s.peek() {
	case bracket:
		s.at++
		s.first = true
		s.open = append(s.open, container{holder: s.key, last: s.key.children()})
		return true
	case 'n':
		s.at = skipWord(s.b, s.at, "null")
	default:
		s.fail(unsupported)
	}
	return false
}

// member goes on to the next member of the object and reads its name; false after the last.
func (s *scanner) member() bool {
	if s.at < 0 {
		return false
	}
	top := &s.open[len(s.open)-1]
	if s.at < len(s.b) && s.b[s.at] == '}' {
		s.close(s.at + 1)
		return false
	}
	next, at := top.last.likely, 0
	if next.matches(s.b, s.at) {
		at = s.at + len(next.json)
	} else if next, at = s.otherName(s.b, s.at, top.last); next == nil {
		s.close(closeOr(s.b, s.at, '}', at))
		return false
	}
	top.last, s.key, s.at = next, next, at
	return true
}

// element goes on to the next element of the array; false after the last.
func (s *scanner) element() bool {
	c, first := s.peek(), s.first
	s.first = false
	switch {
	case s.at < 0:
		return false
	case c == ']':
		s.close(s.at + 1)
		return false
	case first:
		return true
	case c != ',':
		s.fail(unsupported)
		return false
	}
	s.at++
	return true
}

// close goes on behind the container, at at, or ends with the fault that at is.
func (s *scanner) close(at int) {
	top := len(s.open) - 1
	s.at, s.key, s.open, s.first = at, s.open[top].holder, s.open[:top], false
}

// skip passes over a value.
func (s *scanner) skip() {
	if s.at >= 0 {
		s.at = s.skipValue(s.b, s.at, s.key, len(s.open))
	}
}

// scalar reads what [scalar.UnmarshalJSONFrom] reads.
func (s *scanner) scalar(v *scalar) {
	kind := s.peek()
	begin := s.at
	if s.skip(); s.at < 0 {
		return
	}
	*v = scalar{kind: jsontext.Kind(kind)}
	switch {
	case kind == '"':
		v.text = s.texts.copy(unquote(s.b[begin:s.at]))
	case kind == '-' || isDigit(kind):
		v.kind = '0'
		v.parseNumber(s.b[begin:s.at])
	}
}

// instant reads what [instant.UnmarshalJSONFrom] reads.
func (s *scanner) instant(i *instant) {
	*i = instant{}
	if s.peek() != '"' {
		s.scalar(&i.scalar)
		return
	}
	begin := s.at
	if s.skip(); s.at >= 0 {
		i.parse(s.b[begin:s.at])
	}
}
