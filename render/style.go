package render

// rgb is a colour.
type rgb struct{ r, g, b uint8 }

// The palette: all that is read has a contrast of at least 4.5:1 on white and on the
// tint, and no two meanings differ by colour alone.
var (
	ink     = rgb{0x18, 0x21, 0x2b}
	muted   = rgb{0x5a, 0x66, 0x72}
	accent  = rgb{0x0f, 0x4c, 0x5c}
	middle  = rgb{0x47, 0x78, 0x88} // bars beside the largest
	agreed  = rgb{0x0b, 0x64, 0x3a}
	warning = rgb{0x96, 0x41, 0x00}
	faint   = rgb{0xd5, 0xdb, 0xe0} // hairlines only
	tint    = rgb{0xf2, 0xf5, 0xf7} // behind texts
	white   = rgb{0xff, 0xff, 0xff}
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
	titleText  = style{true, 22, ink}
	periodText = style{true, 12, accent}
	groupText  = style{true, 10.5, ink}
)
