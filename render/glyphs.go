package render

import "unicode/utf8"

// show appends text as the numbers of its glyphs, escaped for a string.
func (c *canvas) show(s style, text []byte) {
	face, used := c.face(s), c.paper.usedBy(s.bold)
	for i := 0; i < len(text); {
		r, size := rune(text[i]), 1
		if r >= 0x80 {
			r, size = utf8.DecodeRune(text[i:])
		}
		glyph := face.glyphs[uint16(r)]
		used.use(glyph, r)
		c.escape(byte(glyph >> 8))
		c.escape(byte(glyph))
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
