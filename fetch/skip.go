package fetch

import (
	"encoding/binary"
	"math/bits"
)

// What a scan returns in place of an index. Neither is an error yet: see scanner.
const (
	odd   = -1 // a byte that does not belong there, or a thing too rare to be read here
	short = -2 // the bytes end before the value does
)

// Bounds of what is read here; what is past them is left to the library.
const (
	deepest = 64  // containers within each other
	widest  = 128 // members of an object, each of which is compared with those before it
)

// skipValue returns the index after the value that begins at i. It is as strict as the library.
func (s *scanner) skipValue(b []byte, i, depth int) int {
	if i >= len(b) {
		return short
	}
	switch c := b[i]; c {
	case '"':
		return skipText(b, i)
	case '{':
		return s.skipObject(b, i+1, depth+1)
	case '[':
		return s.skipArray(b, i+1, depth+1)
	case 't':
		return skipWord(b, i, "true")
	case 'f':
		return skipWord(b, i, "false")
	case 'n':
		return skipWord(b, i, "null")
	default:
		if c == '-' || isDigit(c) {
			return skipNumber(b, i)
		}
		return odd
	}
}

// skipObject begins after the brace.
func (s *scanner) skipObject(b []byte, i, depth int) int {
	if depth > deepest {
		return odd
	}
	var known nameSet
	known.begin = len(s.names)
	for first := true; ; first = false {
		if i = skipBlanks(b, i); i >= len(b) {
			return short
		}
		if b[i] == '}' {
			s.names = s.names[:known.begin]
			return i + 1
		}
		if !first {
			if b[i] != ',' {
				return odd
			}
			i = skipBlanks(b, i+1)
		}
		if i = s.readName(b, i, &known); i < 0 {
			return i
		}
		if i = s.skipValue(b, i, depth); i < 0 {
			return i
		}
	}
}

// skipArray begins after the bracket.
func (s *scanner) skipArray(b []byte, i, depth int) int {
	if depth > deepest {
		return odd
	}
	for first := true; ; first = false {
		if i = skipBlanks(b, i); i >= len(b) {
			return short
		}
		switch c := b[i]; {
		case c == ']':
			return i + 1
		case first:
		case c != ',':
			return odd
		default:
			i = skipBlanks(b, i+1)
		}
		if i = s.skipValue(b, i, depth); i < 0 {
			return i
		}
	}
}

// skipBlanks returns the index of the first byte from i on that is not white space.
func skipBlanks(b []byte, i int) int {
	for i < len(b) && b[i] <= ' ' && (b[i] == ' ' || b[i] == '\n' || b[i] == '\r' || b[i] == '\t') {
		i++
	}
	return i
}

// skipText returns the index after the closing quote of the text whose opening one
// is at i. That it is UTF-8 is for the caller to see to.
func skipText(b []byte, i int) int {
	for i++; ; {
		if i = plainTo(b, i); i >= len(b) {
			return short
		}
		switch b[i] {
		case '"':
			return i + 1
		case '\\':
			if i = skipEscape(b, i+1); i < 0 {
				return i
			}
		default:
			return odd // a control character
		}
	}
}

// plainTo returns the index of the first quote, backslash or control character from
// i on. Eight bytes are looked at a time: x-n sets the high bit of a byte below n that
// has it not, and of others only above such a byte, which is found first. A quote with
// its second bit turned is a blank, and so, with the control characters, below 33.
func plainTo(b []byte, i int) int {
	const each, high = 0x0101010101010101, 0x8080808080808080
	for ; i+8 <= len(b); i += 8 {
		x := binary.LittleEndian.Uint64(b[i:])
		quote, escape := x^each*2, x^each*'\\'
		stop := ((quote-each*33)&^quote | (escape-each)&^escape) & high
		if stop != 0 {
			return i + bits.TrailingZeros64(stop)/8
		}
	}
	for i < len(b) && b[i] != '"' && b[i] != '\\' && b[i] >= ' ' {
		i++
	}
	return i
}

// skipEscape begins after the backslash.
func skipEscape(b []byte, i int) int {
	if i >= len(b) {
		return short
	}
	switch b[i] {
	case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
		return i + 1
	case 'u':
		for k := i + 1; k < i+5; k++ {
			if k >= len(b) {
				return short
			}
			if c := b[k] | 0x20; !isDigit(b[k]) && (c < 'a' || c > 'f') {
				return odd
			}
		}
		return i + 5
	}
	return odd
}

// skipNumber begins at the sign or the first digit.
func skipNumber(b []byte, i int) int {
	if b[i] == '-' {
		i++
	}
	from := i
	if i = skipDigits(b, i); i < 0 {
		return i
	}
	if b[from] == '0' && i > from+1 {
		return odd
	}
	if i < len(b) && b[i] == '.' {
		if i = skipDigits(b, i+1); i < 0 {
			return i
		}
	}
	if i < len(b) && b[i]|0x20 == 'e' {
		if i++; i < len(b) && (b[i] == '+' || b[i] == '-') {
			i++
		}
		return skipDigits(b, i)
	}
	return i
}

// skipDigits wants one digit at least.
func skipDigits(b []byte, i int) int {
	from := i
	for i < len(b) && isDigit(b[i]) {
		i++
	}
	switch {
	case i > from:
		return i
	case i >= len(b):
		return short
	}
	return odd
}

func skipWord(b []byte, i int, word string) int {
	switch end := i + len(word); {
	case end > len(b):
		return short
	case string(b[i:end]) == word:
		return end
	}
	return odd
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }
