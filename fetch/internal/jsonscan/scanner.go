package jsonscan

import (
	"github.com/go-json-experiment/json/jsontext"
)

// Scanner reads rows several times as fast as the JSON library, which is where the time of
// a large file goes: most of a row is nothing that anybody keeps, and it is passed over at
// the speed of a check.
//
// It never refuses anything. It reads a row that is valid, or says that it cannot;
// then the same walk reads the same bytes by the library, see [Decoder], and that
// verdict and those words stand. So all that must hold here is one thing: what the
// scanner reads of its own, it reads by the library as the same row.
// FuzzTheScannerAgreesWithTheLibrary holds it to that.
//
// A row is read by walking it, see [ScanObject]. After the first fault all reading
// ends. What makes it fast is in keyPath (names) and skipText (texts); together they are
// nearly all of a row.
type Scanner struct {
	b        []byte
	at       int      // below 0: the fault, or the library reads
	first    bool     // nothing of the array was read yet
	key      *keyPath // the member whose value comes next, or what holds the array whose element does
	open     []container
	row      keyPath // rows are the objects in its value
	keyPaths int     // that are remembered
	texts    textArena

	decoder *Decoder // nil: the bytes are read
	budget  elements // of the row
	ignored Other
}

// container is an object or array that is open.
type container struct {
	holder *keyPath // the member whose value it is
	last   *keyPath // an object's names so far
}

// scannable is a raw row that a scanner can read: it calls [ScanObject].
type scannable interface{ Scan(*Scanner) }

// scan reads the row that begins at b[at] and returns the index after it, or a fault.
func (s *Scanner) scan(b []byte, at int, row scannable) int {
	s.b, s.at, s.open, s.key, s.decoder, s.budget = b, at, s.open[:0], &s.row, nil, elements{}
	if s.peek() != '{' {
		s.fail(unsupported) // null will do within a row, not for one
	}
	row.Scan(s)
	return s.at
}

func (s *Scanner) fail(why int) {
	if s.at >= 0 {
		s.at = why
	}
}

// peek is the first byte of what comes next; 0 after a fault and at the end.
func (s *Scanner) peek() byte {
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
func (s *Scanner) begin(bracket byte, not *Other) bool {
	switch c := s.peek(); c {
	case bracket:
		s.at++
		s.first = true
		s.open = append(s.open, container{holder: s.key, last: s.key.children()})
		return true
	case 'n':
		s.at = skipWord(s.b, s.at, "null")
	case 0:
		if s.decoder != nil {
			return s.decoder.Begin(jsontext.Kind(bracket), not)
		}
		s.fail(unsupported)
	default:
		s.beginOther(c, not)
	}
	return false
}

// beginOther passes over what is no object, or no array, and begins with c.
func (s *Scanner) beginOther(c byte, not *Other) {
	begin := s.at
	if s.skip(); s.at < 0 {
		return
	}
	switch {
	case (c == '{' || c == '[') && skipBlanks(s.b, begin+1) == s.at-1:
		*not = EmptyOther
	case c == '-' || isDigit(c):
		*not = '0'
	default:
		*not = Other(c)
	}
}

// member goes on to the next member of the object and reads its name; false after the last.
func (s *Scanner) member() bool {
	if s.at < 0 {
		if s.decoder == nil {
			return false
		}
		s.key = &s.decoder.named
		return s.decoder.Member()
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
func (s *Scanner) element() bool {
	c, first := s.peek(), s.first
	s.first = false
	switch {
	case s.at < 0:
		return s.decoder != nil && s.decoder.element()
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
func (s *Scanner) close(at int) {
	top := len(s.open) - 1
	s.at, s.key, s.open, s.first = at, s.open[top].holder, s.open[:top], false
}

// skip passes over a value.
func (s *Scanner) skip() {
	if s.at >= 0 {
		s.at = s.skipValue(s.b, s.at, s.key, len(s.open))
	} else if s.decoder != nil {
		s.decoder.skip()
	}
}

// Scalar reads the next value into v; an object or array is passed over.
func (s *Scanner) Scalar(v *Scalar) {
	kind := s.peek()
	begin := s.at
	switch {
	case begin < 0:
		if s.decoder != nil {
			s.decoder.scalar(v, &s.texts)
		}
	case kind == '"':
		text, end := textAt(s.b, begin)
		if s.at = end; end >= 0 {
			*v = Scalar{Kind: '"', Text: s.texts.copy(text)}
		}
	case kind == '-' || isDigit(kind):
		if s.at = skipNumber(s.b, begin); s.at >= 0 {
			*v = Scalar{Kind: '0'}
			v.parseNumber(s.b[begin:s.at])
		}
	default:
		if s.skip(); s.at >= 0 {
			*v = Scalar{Kind: jsontext.Kind(kind)}
		}
	}
}

// textAt is the text whose opening quote is at i, and the index after the closing one.
func textAt(b []byte, i int) (text []byte, end int) {
	end, plain := skipText(b, i)
	switch {
	case plain:
		return b[i+1 : end-1], end
	case end < 0:
		return nil, end
	}
	return unquote(b[i:end]), end
}

// Instant reads the next value, which should be a time, into i.
func (s *Scanner) Instant(i *Instant) {
	*i = Instant{}
	if s.peek() != '"' {
		if s.decoder != nil {
			s.decoder.instant(i, &s.texts)
			return
		}
		s.Scalar(&i.Scalar)
		return
	}
	text, end := textAt(s.b, s.at)
	if s.at = end; end >= 0 {
		i.parse(text)
	}
}
