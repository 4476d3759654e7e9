package render

// rgb is a colour.
type rgb struct{ r, g, b uint8 }

// The palette: all but the hairline have a contrast of at least 4.5:1 on white.
var (
	ink    = rgb{0x18, 0x21, 0x2b}
	muted  = rgb{0x5a, 0x66, 0x72}
	accent = rgb{0x0f, 0x4c, 0x5c}
	faint  = rgb{0xd5, 0xdb, 0xe0} // hairlines only
)

// style is how a text is set. Size is in points.
type style struct {
	bold  bool
	size  float64
	color rgb
}

// The styles of the document.
var (
	plainText  = style{false, 8.5, ink}
	strongText = style{true, 8.5, ink}
	smallText  = style{false, 7.5, muted}
	tinyText   = style{false, 7, muted}
	labelText  = style{true, headSize, muted}
	titleText  = style{true, 21, ink}
	periodText = style{true, 12, accent}
	groupText  = style{true, 10.5, ink}
)
