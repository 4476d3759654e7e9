package fetch

import "strings"

// pen makes texts out of bytes, many to an allocation. A text keeps the others of its
// sheet in memory, which is nothing to who reads row after row.
type pen struct{ sheet *strings.Builder }

const sheetSize = 16 << 10

func (p *pen) write(text []byte) string {
	if len(text) > sheetSize/16 {
		return string(text)
	}
	if p.sheet == nil || p.sheet.Cap()-p.sheet.Len() < len(text) {
		p.sheet = new(strings.Builder)
		p.sheet.Grow(sheetSize)
	}
	from := p.sheet.Len()
	p.sheet.Write(text)
	return p.sheet.String()[from:]
}

// slab makes small arrays, many to an allocation, and is to them what a pen is to texts.
type slab[T any] struct{ left []T }

const slabSize = 32

func (s *slab[T]) take(n int) []T {
	if n > len(s.left) {
		s.left = make([]T, max(n, slabSize))
	}
	some := s.left[:n:n]
	s.left = s.left[n:]
	return some
}
