// Package pieces writes a message as pieces, of which other messages share some: those it does not copy.
package pieces

import "bytes"

// A Builder writes a message. What is its own is written into the buffer. The zero value is empty.
type Builder struct {
	bytes.Buffer
	pieces [][]byte
	size   int // bytes of the pieces
}

// Share goes on with a text that other messages have too, as a piece of its own, and tells where in the
// message it stands.
func (b *Builder) Share(text []byte) (at int) {
	b.Pieces()
	b.add(text)
	return b.size - len(text)
}

// Pieces are the message end to end.
func (b *Builder) Pieces() [][]byte {
	if b.Len() > 0 {
		b.add(bytes.Clone(b.Bytes()))
		b.Reset()
	}
	return b.pieces
}

func (b *Builder) add(piece []byte) {
	b.pieces = append(b.pieces, piece)
	b.size += len(piece)
}
