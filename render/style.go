package render

import "rapport/render/internal/pdf"

func rgb(r, g, b uint8) pdf.Color { return pdf.Color{R: r, G: g, B: b} }

// The palette: all that is read has a contrast of at least 4.5:1 on white and on the
// tint, and no two meanings differ by colour alone.
var (
	ink      = rgb(0x18, 0x21, 0x2b)
	muted    = rgb(0x5a, 0x66, 0x72)
	accent   = rgb(0x0f, 0x4c, 0x5c)
	barColor = rgb(0x47, 0x78, 0x88) // of bars beside the largest
	agreed   = rgb(0x0b, 0x64, 0x3a)
	warning  = rgb(0x96, 0x41, 0x00)
	faint    = rgb(0xd5, 0xdb, 0xe0) // hairlines only
	tint     = rgb(0xf2, 0xf5, 0xf7) // behind texts
	white    = rgb(0xff, 0xff, 0xff)
)

type style = pdf.TextStyle

func regular(size float64, color pdf.Color) style { return style{Size: size, Color: color} }

func bold(size float64, color pdf.Color) style { return style{Bold: true, Size: size, Color: color} }

// The styles of the document.
var (
	plainText  = regular(8.5, ink)
	strongText = bold(8.5, ink)
	smallText  = regular(7.5, muted)
	tinyText   = regular(7, muted)
	labelText  = bold(headerSize, muted)
	titleText  = bold(22, ink)
	periodText = bold(12, accent)
	groupText  = bold(10.5, ink)
)
