package dinterojson

import (
	"unsafe"

	"github.com/go-json-experiment/json/jsontext"
)

// scanner reads rows several times as fast as the JSON library, which is where the
// time of a large file goes: most of a transaction is a session that no report
// prints, and it is passed over at the speed of a check.
//
// It never refuses anything. It reads a row that is valid, or says that it cannot;
// then the same walk reads the same bytes by the library, see library.go, and that
// verdict and those words stand. So all that must hold here is one thing: what the
// scanner reads of its own, it reads by the library as the same row.
// FuzzTheScannerAgreesWithTheLibrary holds it to that.
//
// A row is read by walking it, see scanObject. After the first fault all reading
// ends. What makes it fast is in keyPath (names) and skipText (texts); together they are
// nearly all of a row.
type scanner struct {
	b        []byte
	at       int      // below 0: the fault, or the library reads
	first    bool     // nothing of the array was read yet
	key      *keyPath // the member whose value comes next, or what holds the array whose element does
	open     []container
	row      keyPath // rows are the objects in its value
	keyPaths int     // that are remembered
	texts    textArena

	library *library // nil: the bytes are read
	budget  elements // of the row
	ignored other
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
	s.b, s.at, s.open, s.key, s.library, s.budget = b, at, s.open[:0], &s.row, nil, elements{}
	if s.peek() != '{' {
		s.fail(unsupported) // null will do within a row, not for one
	}
	row.scan(s)
	return s.at
}

// field is a member of an object that is read: its name and how.
type field[R any] struct {
	name string
	scan func(*scanner, *R)
}

// other is what stands where an object or a list belongs; 0 where it is one, or absent. Of
// an empty one of the other kind nothing is lost: some languages have one form for both.
type other = jsontext.Kind

const emptyOther other = 'e' // of those two kinds, with nothing in it

// list is the objects of an array.
type list[R any] struct {
	all     []R
	over    int32 // how many it may have where it has more; those are not kept
	present bool
	other   other
}

// emptied is an empty list with the room of l.
func (l list[R]) emptied() list[R] { return list[R]{all: l.all[:0]} }

// scanObject reads the fields of an object, or null, into r and passes over its other members.
func scanObject[R any](s *scanner, fields []field[R], r *R, not *other) {
	for more := s.begin('{', not); more && s.member(); {
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
// are used again. Elements past the most-th are not kept. reset empties an element and is
// what stands in its place.
func scanList[R any, P interface {
	*R
	reset() *other
}](s *scanner, fields []field[R], l *list[R], most int) {
	all := l.all[:0]
	*l = list[R]{}
	for more := s.begin('[', &l.other); more && s.element(); {
		if l.over == 0 {
			l.over = int32(s.budget.take(len(all), most, int(unsafe.Sizeof(*new(R)))))
		}
		if l.over > 0 {
			s.skip()
			continue
		}
		if len(all) < cap(all) {
			all = all[:len(all)+1]
		} else {
			all = append(all, *new(R))
		}
		r := &all[len(all)-1]
		scanObject(s, fields, r, P(r).reset())
	}
	l.all, l.present = all, true
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

// begin reads the bracket that begins an object or array, or null, which has no members.
// What else stands there is passed over, and noted.
func (s *scanner) begin(bracket byte, not *other) bool {
	switch c := s.peek(); c {
	case bracket:
		s.at++
		s.first = true
		s.open = append(s.open, container{holder: s.key, last: s.key.children()})
		return true
	case 'n':
		s.at = skipWord(s.b, s.at, "null")
	case 0:
		if s.library != nil {
			return s.library.begin(jsontext.Kind(bracket), not)
		}
		s.fail(unsupported)
	default:
		s.beginOther(c, not)
	}
	return false
}

// beginOther passes over what is no object, or no array, and begins with c.
func (s *scanner) beginOther(c byte, not *other) {
	begin := s.at
	if s.skip(); s.at < 0 {
		return
	}
	switch {
	case (c == '{' || c == '[') && skipBlanks(s.b, begin+1) == s.at-1:
		*not = emptyOther
	case c == '-' || isDigit(c):
		*not = '0'
	default:
		*not = other(c)
	}
}

// member goes on to the next member of the object and reads its name; false after the last.
func (s *scanner) member() bool {
	if s.at < 0 {
		if s.library == nil {
			return false
		}
		s.key = &s.library.named
		return s.library.member()
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
		return s.library != nil && s.library.element()
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
	} else if s.library != nil {
		s.library.skip()
	}
}

// scalar reads a value; an object or array is passed over.
func (s *scanner) scalar(v *scalar) {
	kind := s.peek()
	begin := s.at
	if begin < 0 {
		if s.library != nil {
			s.library.scalar(v, &s.texts)
		}
		return
	}
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

// instant reads a value that should be a time.
func (s *scanner) instant(i *instant) {
	*i = instant{}
	if s.peek() != '"' {
		if s.library != nil {
			s.library.instant(i, &s.texts)
			return
		}
		s.scalar(&i.scalar)
		return
	}
	begin := s.at
	if s.skip(); s.at >= 0 {
		i.parse(s.b[begin:s.at])
	}
}
