package dinterojson

import "strings"

// textArena makes small texts, many to an allocation. One of them keeps the others of
// its block in memory; rows are read and dropped one after the other, so few stay long.
type textArena struct{ block *strings.Builder }

const textBlock = 16 << 10 // bytes

func (a *textArena) copy(text []byte) string {
	if len(text) > textBlock/16 {
		return string(text)
	}
	if a.block == nil || a.block.Cap()-a.block.Len() < len(text) {
		a.block = new(strings.Builder)
		a.block.Grow(textBlock)
	}
	from := a.block.Len()
	a.block.Write(text)
	return a.block.String()[from:]
}

// sliceArena makes small slices, many to an allocation, as textArena does texts.
type sliceArena[T any] struct{ free []T }

const sliceBlock = 32 // elements

func (a *sliceArena[T]) make(n int) []T {
	if n > len(a.free) {
		a.free = make([]T, max(n, sliceBlock))
	}
	s := a.free[:n:n]
	a.free = a.free[n:]
	return s
}
