package render

import (
	"unicode/utf8"
)

// show appends text as UTF-16, which is how fpdf encodes glyphs, escaped for a string.
func (c *canvas) show(s style, text []byte) {
	used := c.paper.usedBy(s.bold)
	for i := 0; i < len(text); {
		if b := text[i]; b < 0x80 {
			used[b] = true
			c.buf = append(c.buf, 0)
			c.escape(b)
			i++
			continue
		}
		r, size := utf8.DecodeRune(text[i:])
		used[r] = true
		c.escape(byte(r >> 8))
		c.escape(byte(r))
		i += size
	}
}

func (c *canvas) escape(b byte) {
	switch b {
	case '(', ')', '\\':
		c.buf = append(c.buf, '\\', b)
	case '\r':
		c.buf = append(c.buf, '\\', 'r')
	default:
		c.buf = append(c.buf, b)
	}
}
