package jsonscan

import (
	"encoding/binary"
	"math/bits"
	"unicode/utf8"
)

// What a scan returns in place of an index. Neither is an error yet: see scanner.
const (
	unsupported = -1 // a byte that does not belong there, or a thing too rare for the scanner
	incomplete  = -2 // the bytes end before the value does
)

// Bounds of the scanner; what is past them is left to the library.
const (
	maxDepth   = 64  // containers within each other
	maxMembers = 128 // of an object; each is compared with those before it
)

// skipValue returns the index after the value that begins at i, of the member that p ends
// with. It is as strict as the library.
func (s *Scanner) skipValue(b []byte, i int, p *keyPath, depth int) int {
	if i >= len(b) {
		return incomplete
	}
	switch c := b[i]; c {
	case '"':
		i, _ = skipText(b, i)
		return i
	case '{':
		return s.skipObject(b, i+1, p.children(), depth+1)
	case '[':
		return s.skipArray(b, i+1, p, depth+1)
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
		if isBlank(c) {
			return s.skipValue(b, skipBlanks(b, i), p, depth)
		}
		return unsupported
	}
}

// skipObject begins after the brace.
func (s *Scanner) skipObject(b []byte, i int, p *keyPath, depth int) int {
	if depth > maxDepth {
		return unsupported
	}
	for i < len(b) && b[i] != '}' {
		next, value := p.likely, 0
		if next.matches(b, i) {
			value = i + len(next.json)
		} else if next, value = s.otherName(b, i, p); next == nil {
			return closeOr(b, i, '}', value)
		}
		if value < len(b) && b[value] == '"' {
			i, _ = skipText(b, value)
		} else {
			i = s.skipValue(b, value, next, depth)
		}
		if i < 0 {
			return i
		}
		p = next
	}
	if i >= len(b) {
		return incomplete
	}
	return i + 1
}

// skipArray begins after the bracket; p is the key path whose value it is.
func (s *Scanner) skipArray(b []byte, i int, p *keyPath, depth int) int {
	if depth > maxDepth {
		return unsupported
	}
	for first := true; ; first = false {
		if i = skipBlanks(b, i); i >= len(b) {
			return incomplete
		}
		switch c := b[i]; {
		case c == ']':
			return i + 1
		case first:
		case c != ',':
			return unsupported
		default:
			i++
		}
		if i = s.skipValue(b, i, p, depth); i < 0 {
			return i
		}
	}
}

// closeOr returns the index after the bracket, if it comes next, or why.
func closeOr(b []byte, i int, bracket byte, why int) int {
	if i = skipBlanks(b, i); i < len(b) && b[i] == bracket {
		return i + 1
	}
	return why
}

func isBlank(c byte) bool { return c == ' ' || c == '\n' || c == '\r' || c == '\t' }

// skipBlanks returns the index of the first byte from i on that is not white space.
func skipBlanks(b []byte, i int) int {
	for i < len(b) && b[i] <= ' ' && isBlank(b[i]) {
		i++
	}
	return i
}

// skipText returns the index after the closing quote of the text whose opening one is at i.
// plain: it has no escapes.
//
// Eight bytes are looked at a time, for a quote, a backslash or a control character: x-n sets
// the high bit of a byte below n that has it not, and of others only above such a byte, which
// is found first. A quote with its second bit turned is a blank, and so, with the control
// characters, below 33.
func skipText(b []byte, i int) (end int, plain bool) {
	const each, high = 0x0101010101010101, 0x8080808080808080
	var seen uint64
	plain = true
	for at := i + 1; at+8 <= len(b); {
		x := binary.LittleEndian.Uint64(b[at:])
		quote, escape := x^each*2, x^each*'\\'
		stop := ((quote-each*33)&^quote | (escape-each)&^escape) & high
		seen |= x
		if stop == 0 {
			at += 8
			continue
		}
		switch at += bits.TrailingZeros64(stop) / 8; b[at] {
		case '"':
			if seen&high != 0 && !utf8.Valid(b[i+1:at]) {
				return unsupported, false
			}
			return at + 1, plain
		case '\\':
			plain = false
			if at = skipEscape(b, at+1); at < 0 {
				return at, false
			}
		default:
			return unsupported, false // a control character
		}
	}
	return skipLastText(b, i+1), false
}

// skipLastText begins after the quote of a text that may end with the bytes.
func skipLastText(b []byte, from int) int {
	for i := from; ; {
		for i < len(b) && b[i] != '"' && b[i] != '\\' && b[i] >= ' ' {
			i++
		}
		switch {
		case i >= len(b):
			return incomplete
		case b[i] == '"' && utf8.Valid(b[from:i]):
			return i + 1
		case b[i] != '\\':
			return unsupported // a control character, or not UTF-8
		}
		if i = skipEscape(b, i+1); i < 0 {
			return i
		}
	}
}

// skipEscape begins after the backslash.
func skipEscape(b []byte, i int) int {
	if i >= len(b) {
		return incomplete
	}
	switch b[i] {
	case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
		return i + 1
	case 'u':
		for k := i + 1; k < i+5; k++ {
			if k >= len(b) {
				return incomplete
			}
			if c := b[k] | 0x20; !isDigit(b[k]) && (c < 'a' || c > 'f') {
				return unsupported
			}
		}
		return i + 5
	}
	return unsupported
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
		return unsupported
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
		return incomplete
	}
	return unsupported
}

func skipWord(b []byte, i int, word string) int {
	switch end := i + len(word); {
	case end > len(b):
		return incomplete
	case string(b[i:end]) == word:
		return end
	}
	return unsupported
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }
