// Package jsontest has what tests of long JSON read. Nothing outside of tests imports it.
package jsontest

import "io"

// Repeat reads a text several times over, without ever holding more of it than one.
func Repeat(text string, times int) *Repeated { return &Repeated{Left: times, text: text} }

// Repeated is a text that is read several times over.
type Repeated struct {
	Left int // times

	text string
	at   int
}

func (r *Repeated) Read(p []byte) (n int, err error) {
	for n < len(p) {
		if r.Left == 0 {
			return n, io.EOF
		}
		k := copy(p[n:], r.text[r.at:])
		n += k
		if r.at += k; r.at == len(r.text) {
			r.at, r.Left = 0, r.Left-1
		}
	}
	return n, nil
}
