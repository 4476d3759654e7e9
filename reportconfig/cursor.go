package reportconfig

import "unicode/utf8"

// cursor counts lines and columns as YAML does: from 1, in characters, a line ending wherever YAML ends one.
type cursor struct {
	line, column int
	carriage     bool // the last character was CR, an LF now belongs to it
}

func newCursor() cursor { return cursor{line: 1, column: 1} }

func (c *cursor) pass(r rune) {
	switch r {
	case '\n', '\r', '\u0085', '\u2028', '\u2029':
		if r != '\n' || !c.carriage {
			c.line++
		}
		c.column = 1
	default:
		c.column++
	}
	c.carriage = r == '\r'
}

// lineAndColumn is where the character at offset stands.
func lineAndColumn(data []byte, offset int) (line, column int) {
	c := newCursor()
	for i := 0; i < offset && i < len(data); {
		r, size := utf8.DecodeRune(data[i:])
		c.pass(r)
		i += size
	}
	return c.line, c.column
}
