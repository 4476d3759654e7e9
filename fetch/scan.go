package fetch

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
// A row is read by walking it:
//
//	for more := s.open('{'); more && s.member(storeFields[:]); {
//		switch s.field {
//		case storeID:
//			s.leaf(&r.ID)
//		default:
//			s.skip()
//		}
//	}
//
// After the first fault all reading ends. What makes it fast is in shape (names) and
// skipText (texts); together they are nearly all of a row.
type scanner struct {
	b      []byte
	at     int    // below 0: the fault
	fresh  bool   // nothing of the array was read yet
	field  int    // of the row: the member whose value comes next
	place  *shape // that member, or what holds the array whose element comes next
	levels []level
	row    shape // rows are the objects in its value
	shapes int   // kept
	pen    pen
}

// level is a container that is open.
type level struct {
	holder *shape // the member whose value it is
	last   *shape // an object's names so far
}

// scannable is a raw row that a scanner can read.
type scannable interface{ scan(*scanner) }

// scan reads the row that begins at b[at] and returns the index after it, or a fault.
func (s *scanner) scan(b []byte, at int, row scannable) int {
	s.b, s.at, s.levels, s.place = b, at, s.levels[:0], &s.row
	if s.peek() == 'n' {
		return odd // null will do within a row, not for one
	}
	row.scan(s)
	return s.at
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
		s.fail(short)
		return 0
	}
	return s.b[s.at]
}

// open reads the bracket that begins an object or array, or null, which has no
// members; anything else is a fault.
func (s *scanner) open(bracket byte) bool {
	switch s.peek() {
	case bracket:
		s.at++
		s.fresh = true
		s.levels = append(s.levels, level{holder: s.place, last: s.place.within()})
		return true
	case 'n':
		s.at = skipWord(s.b, s.at, "null")
	default:
		s.fail(odd)
	}
	return false
}

// member goes on to the next member of the object and reads its name; false after the
// last. The number of a name in fields becomes s.field.
func (s *scanner) member(fields []string) bool {
	if s.at < 0 {
		return false
	}
	top := &s.levels[len(s.levels)-1]
	if s.at < len(s.b) && s.b[s.at] == '}' {
		s.close(s.at + 1)
		return false
	}
	next, at := top.last.likely, 0
	if next.leads(s.b, s.at) {
		at = s.at + len(next.text)
	} else if next, at = s.otherName(s.b, s.at, top.last, fields); next == nil {
		s.close(ends(s.b, s.at, '}', at))
		return false
	}
	top.last, s.place, s.field, s.at = next, next, next.field, at
	return true
}

// element goes on to the next element of the array; false after the last.
func (s *scanner) element() bool {
	c, first := s.peek(), s.fresh
	s.fresh = false
	switch {
	case s.at < 0:
		return false
	case c == ']':
		s.close(s.at + 1)
		return false
	case first:
		return true
	case c != ',':
		s.fail(odd)
		return false
	}
	s.at++
	return true
}

// close goes on behind the container, at at, or ends with the fault that at is.
func (s *scanner) close(at int) {
	top := len(s.levels) - 1
	s.at, s.place, s.levels, s.fresh = at, s.levels[top].holder, s.levels[:top], false
}

// skip passes over a value.
func (s *scanner) skip() {
	if s.at >= 0 {
		s.at = s.skipValue(s.b, s.at, s.place, len(s.levels))
	}
}

// leaf reads what [leaf.UnmarshalJSONFrom] reads.
func (s *scanner) leaf(l *leaf) {
	from := s.peek()
	begin := s.at
	if s.skip(); s.at < 0 {
		return
	}
	*l = leaf{kind: jsontext.Kind(from)}
	switch {
	case from == '"':
		l.text = s.pen.write(unquote(s.b[begin:s.at]))
	case from == '-' || isDigit(from):
		l.kind = '0'
		l.number(s.b[begin:s.at])
	}
}

// instant reads what [instant.UnmarshalJSONFrom] reads.
func (s *scanner) instant(i *instant) {
	*i = instant{}
	if s.peek() != '"' {
		s.leaf(&i.leaf)
		return
	}
	begin := s.at
	if s.skip(); s.at >= 0 {
		i.parse(s.b[begin:s.at])
	}
}
