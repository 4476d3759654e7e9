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
//	for more := s.open('{'); more && s.member(); {
//		switch string(s.name) {
//		case "id":
//			s.leaf(&r.ID)
//		default:
//			s.skip()
//		}
//	}
//
// After the first fault all reading ends.
type scanner struct {
	b      []byte
	at     int // below 0: the fault
	fresh  bool
	name   []byte    // of the member whose value comes next
	names  [][]byte  // of the members read so far of the objects that are open
	levels []nameSet // one for each container that is open
	texts  texts
}

// scannable is a raw row that a scanner can read.
type scannable interface{ scan(*scanner) }

// scan reads the row that begins at b[at] and returns the index after it, or a fault.
func (s *scanner) scan(b []byte, at int, row scannable) int {
	s.b, s.at, s.names, s.levels = b, at, s.names[:0], s.levels[:0]
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
		s.levels = append(s.levels, nameSet{begin: len(s.names)})
		s.fresh = true
		return true
	case 'n':
		s.at = skipWord(s.b, s.at, "null")
	default:
		s.fail(odd)
	}
	return false
}

// member goes on to the next member of the object and reads its name; false after the last.
func (s *scanner) member() bool {
	if !s.next('}') {
		return false
	}
	s.at = s.readName(s.b, s.at, &s.levels[len(s.levels)-1])
	if s.at < 0 {
		return false
	}
	s.name = s.names[len(s.names)-1]
	return true
}

// element goes on to the next element of the array; false after the last.
func (s *scanner) element() bool { return s.next(']') }

// next reads the comma, or the bracket that ends an object or array.
func (s *scanner) next(bracket byte) bool {
	c, first := s.peek(), s.fresh
	s.fresh = false
	switch {
	case s.at < 0:
		return false
	case c == bracket:
		top := len(s.levels) - 1
		s.names, s.levels = s.names[:s.levels[top].begin], s.levels[:top]
		s.at++
		return false
	case first:
		return true
	case c != ',':
		s.fail(odd)
		return false
	}
	s.at = skipBlanks(s.b, s.at+1)
	return true
}

// skip passes over a value.
func (s *scanner) skip() {
	if s.peek() != 0 {
		s.at = s.skipValue(s.b, s.at, len(s.levels))
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
		l.text = s.texts.of(unquote(s.b[begin:s.at]))
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
