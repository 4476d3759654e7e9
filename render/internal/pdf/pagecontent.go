package pdf

import (
	"math"
	"strconv"
	"unicode/utf8"
)

// Color is a colour of the screen.
type Color struct{ R, G, B uint8 }

// TextStyle is how a text is set. Size is in points.
type TextStyle struct {
	Bold  bool
	Size  float64
	Color Color
}

// Page is the content stream of a page: operators that draw texts and shapes, in points
// from its top left corner. We write them ourselves, a few bytes a cell: fpdf's Cell and
// Text cost several times as much, and panic on what they cannot encode.
type Page struct {
	writer *Writer
	height float64
	buf    []byte

	inText       bool  // between BT and ET
	marked       int32 // the open marked content: of an element, or an artifact
	markedInText bool  // it is opened, and has to end, within BT and ET

	tx, ty   int // origin of the text line, in hundredths of a point
	fontSet  bool
	font     TextStyle // whose Bold and Size are set
	colorSet bool
	color    Color // of texts and areas
}

// Text draws a line on a baseline from x on. The font has all its characters, or its
// clusters do.
func (p *Page) Text(s TextStyle, x, baseline float64, text []byte) {
	p.beginText()
	font := p.writer.font(s.Bold)
	if !p.fontSet || s.Bold != p.font.Bold || s.Size != p.font.Size {
		p.op(font.resource, " ")
		p.numbers(s.Size)
		p.op("Tf\n")
		p.font, p.fontSet = s, true
	}
	p.setColor(s.Color)
	tx, ty := hundredths(x), hundredths(p.height-baseline)
	p.buf = append(appendHundredths(p.buf, tx-p.tx), ' ')
	p.buf = appendHundredths(p.buf, ty-p.ty)
	p.op(" Td(")
	p.tx, p.ty = tx, ty
	if p.writer.clusters.hasRightToLeft(text) {
		p.rightToLeft(font, text)
	} else {
		p.glyphs(font, text)
	}
	p.op(")Tj\n")
}

// glyphs writes text as the numbers of its glyphs, escaped for a string.
func (p *Page) glyphs(font *documentFont, text []byte) {
	for i := 0; i < len(text); {
		r, size := rune(text[i]), 1
		if r >= utf8.RuneSelf {
			r, size = utf8.DecodeRune(text[i:])
		}
		if r >= firstCluster {
			i += p.clusterRun(font, text[i:])
			continue
		}
		glyph := font.glyphs[uint16(r)]
		font.used.add(glyph, r)
		p.buf = appendEscaped(appendEscaped(p.buf, byte(glyph>>8)), byte(glyph))
		i += size
	}
}

func appendEscaped(dst []byte, b byte) []byte {
	switch b {
	case '(', ')', '\\':
		return append(dst, '\\', b)
	case '\r':
		return append(dst, '\\', 'r')
	}
	return append(dst, b)
}

// setColor sets the colour of texts and areas.
func (p *Page) setColor(color Color) {
	if p.colorSet && p.color == color {
		return
	}
	p.rgb(color)
	p.op(" rg\n")
	p.color, p.colorSet = color, true
}

// op writes operators as they are, numbers writes operands in hundredths of a point, rgb
// the operands of a colour.
func (p *Page) op(texts ...string) {
	for _, text := range texts {
		p.buf = append(p.buf, text...)
	}
}

func (p *Page) numbers(values ...float64) {
	for _, v := range values {
		p.buf = append(appendHundredths(p.buf, hundredths(v)), ' ')
	}
}

func (p *Page) rgb(color Color) {
	for i, v := range [...]uint8{color.R, color.G, color.B} {
		if i > 0 {
			p.buf = append(p.buf, ' ')
		}
		p.buf = strconv.AppendFloat(p.buf, float64(v)/255, 'f', 3, 64)
	}
}

func hundredths(points float64) int { return int(math.Round(points * 100)) }

// appendHundredths writes a number of hundredths as a decimal: 1250 is "12.5".
func appendHundredths(dst []byte, n int) []byte {
	if n < 0 {
		dst, n = append(dst, '-'), -n
	}
	dst = strconv.AppendInt(dst, int64(n/100), 10)
	switch rest := n % 100; {
	case rest == 0:
		return dst
	case rest%10 == 0:
		return append(dst, '.', byte('0'+rest/10))
	default:
		return append(dst, '.', byte('0'+rest/10), byte('0'+rest%10))
	}
}
