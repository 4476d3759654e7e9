package jsonscan

import (
	"unsafe"

	"github.com/go-json-experiment/json/jsontext"
)

// Field is a member of an object that is read: its name and how its value is read into R.
type Field[R any] struct {
	Name string
	Scan func(*Scanner, *R)
}

// Other is what stands where an object or a list belongs; 0 where it is one, or absent. Of
// an empty one of the other kind nothing is lost: some languages have one form for both.
type Other = jsontext.Kind

// EmptyOther is an object in place of a list, or a list in place of an object, with nothing in it.
const EmptyOther Other = 'e'

// List is the objects of an array.
type List[R any] struct {
	All     []R
	Present bool  // it is an array, not absent
	Other   Other // what stands in its place
	over    int32 // how many it may have where it has more; those are not kept
}

// Emptied is an empty list with the room of l.
func (l List[R]) Emptied() List[R] { return List[R]{All: l.All[:0]} }

// TooMany says what is wrong with a list that has more elements than there may be; empty
// where it has not.
func (l List[R]) TooMany() string {
	if l.over == 0 {
		return ""
	}
	return tooMany(int(l.over))
}

// ScanObject reads the fields of an object, or null, into r and passes over its other members.
// What stands in the place of the object is noted in not; nil: nobody asks.
func ScanObject[R any](s *Scanner, fields []Field[R], r *R, not *Other) {
	if not == nil {
		not = &s.ignored
	}
	for more := s.begin('{', not); more && s.member(); {
		if s.key.field == fieldUnknown {
			s.key.field = fieldSkipped
			for i := range fields {
				if fields[i].Name == s.key.name {
					s.key.field = i
				}
			}
		}
		if i := s.key.field; i >= 0 {
			fields[i].Scan(s, r)
		} else {
			s.skip()
		}
	}
}

// ScanList reads an array of objects, or null, into the elements of list, whose own arrays
// are used again. Elements past the most-th are not kept, nor those that are too many for
// all lists of a row. Reset empties an element and is what stands in its place.
func ScanList[R any, P interface {
	*R
	Reset() *Other
}](s *Scanner, fields []Field[R], l *List[R], most int) {
	all := l.All[:0]
	*l = List[R]{}
	for more := s.begin('[', &l.Other); more && s.element(); {
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
		ScanObject(s, fields, r, P(r).Reset())
	}
	l.All, l.Present = all, true
}
