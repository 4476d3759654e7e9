package render

import "rapport/render/internal/pdf"

// drawnItem is a text that was drawn and its room, in points from the top left corner of
// the page, or a shape. The tests of the layout look at them.
type drawnItem struct {
	page             int
	x, y, width      float64 // y is the baseline of a text, the top of a shape
	cellX, cellWidth float64
	pageHeight       float64
	size             float64 // of the font; the height of a shape
	text             string
	shape            string // empty for a text
	repeated         bool   // an artifact, which is not read
}

// canvas draws cells and shapes on the pages of a document, in points from the top left
// corner. Texts are drawable, see [drawable.Cleaner].
type canvas struct {
	writer   *pdf.Writer
	fonts    pdf.Fonts
	observe  func(drawnItem) // nil: nobody looks
	counting bool            // nothing is drawn, the pages are counted
	page     *pdf.Page       // that is drawn on
	number   int             // of the page
	height   float64         // of the page
	repeats  bool            // an artifact is drawn
}

func (c *canvas) font(s style) *pdf.Font {
	if s.Bold {
		return c.fonts.Bold
	}
	return c.fonts.Regular
}

// newPage starts a new page.
func (c *canvas) newPage(landscape bool) {
	c.number++
	c.height = pdf.LongSide
	if landscape {
		c.height = pdf.ShortSide
	}
	if !c.counting {
		c.page = c.writer.AddPage(landscape)
	}
}

// cell draws text on a baseline in the room from x to x+width, flush right or left, and
// ellipsized where it is wider.
func (c *canvas) cell(s style, x, width, baseline float64, right bool, text string) {
	font := c.font(s)
	limit := int(width * 1000 / s.Size)
	units := font.Width(text)
	if units > limit {
		text = font.Ellipsize(text, limit)
		units = font.Width(text)
	}
	c.fittingCell(s, x, width, baseline, right, []byte(text), units)
}

// fittingCell draws text that is known to fit; units is its width in thousandths of the
// font size.
func (c *canvas) fittingCell(s style, x, width, baseline float64, right bool, text []byte, units int) {
	if len(text) == 0 || c.counting {
		return
	}
	at, drawn := x, float64(units)*s.Size/1000
	if right {
		at = x + width - drawn
	}
	if c.observe != nil {
		c.observe(drawnItem{page: c.number, x: at, y: baseline, width: drawn, cellX: x, cellWidth: width, pageHeight: c.height, size: s.Size, text: c.fonts.Source(string(text)), repeated: c.repeats})
	}
	c.page.Text(s, at, baseline, text)
}

// box fills an area.
func (c *canvas) box(x, y, width, height float64, color pdf.Color) {
	if c.draws("box", x, y, width, height) {
		c.page.Rect(x, y, width, height, color)
	}
}

// hatched draws an area as an outline with lines across it.
func (c *canvas) hatched(x, y, width, height float64, color pdf.Color) {
	if c.draws("hatched", x, y, width, height) {
		c.page.HatchedRect(x, y, width, height, color)
	}
}

// picture draws the logo.
func (c *canvas) picture(i *pdf.Image, x, y, width, height float64) {
	if c.draws("picture", x, y, width, height) {
		c.page.Image(i, x, y, width, height)
	}
}

// lines draws horizontal lines at each y from x to x+width.
func (c *canvas) lines(x, width float64, ys []float64, thickness float64, color pdf.Color) {
	if !c.counting {
		c.page.HLines(x, width, ys, thickness, color)
	}
}

// draws tells whether shapes are drawn, and the observer of this one.
func (c *canvas) draws(shape string, x, y, width, height float64) bool {
	if c.observe != nil && !c.counting {
		c.observe(drawnItem{page: c.number, x: x, y: y, width: width, size: height, pageHeight: c.height, shape: shape})
	}
	return !c.counting
}
