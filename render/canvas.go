package render

// mark is a drawn text and the room that it was given, in points from the top left
// corner of the page, or a shape; the tests of the layout look at them.
type mark struct {
	page             int
	x, y, width      float64 // y is the baseline
	cellX, cellWidth float64
	pageHeight       float64
	size             float64
	text             string
	shape            string // size is its height then
}

// canvas draws on the pages of a document, in points from the top left corner. It takes
// clean text only. It writes the operators itself, one per cell: fpdf's Cell and Text
// cost several times as much, and panic on what they cannot encode.
type canvas struct {
	paper  *paper
	faces  faces
	watch  func(mark)
	dry    bool // nothing is drawn, the pages are counted
	page   int
	height float64 // of the page

	buf    []byte // the operators of the page
	inText bool
	style  style
	styled bool
	fill   rgb
	filled bool
	tx, ty int // origin of the text line, in hundredths of a point
}

func (c *canvas) face(s style) *face {
	if s.bold {
		return c.faces.bold
	}
	return c.faces.regular
}

// newPage starts a new page.
func (c *canvas) newPage(landscape bool) {
	c.endPage()
	c.height = landscapeWidth
	if landscape {
		c.height = portraitWidth
	}
	if c.page++; !c.dry {
		c.paper.add(landscape)
	}
}

// endPage gives what was drawn on a page away, and forgets its state.
func (c *canvas) endPage() {
	if c.page > 0 && !c.dry {
		c.endText()
		c.paper.finish(c.buf)
	}
	c.buf, c.styled, c.filled = c.buf[:0], false, false
}

// cell draws text on a baseline in the room from x to x+width, flush right or left,
// shortened where it is wider.
func (c *canvas) cell(s style, x, width, baseline float64, right bool, text string) {
	face := c.face(s)
	limit := int(width * 1000 / s.size)
	units := face.width(text)
	if units > limit {
		text = face.fit(text, limit)
		units = face.width(text)
	}
	c.place(s, x, width, baseline, right, []byte(text), units)
}

// place draws text that is known to fit; units is its width in thousandths of the size.
func (c *canvas) place(s style, x, width, baseline float64, right bool, text []byte, units int) {
	if len(text) == 0 || c.dry {
		return
	}
	if hasBackward(text) { // only now: text is shortened and broken in the order it is read
		text = []byte(visual(string(text)))
	}
	at, drawn := x, float64(units)*s.size/1000
	if right {
		at = x + width - drawn
	}
	if c.watch != nil {
		c.watch(mark{page: c.page, x: at, y: baseline, width: drawn, cellX: x, cellWidth: width, pageHeight: c.height, size: s.size, text: string(text)})
	}
	c.use(s)
	tx, ty := hundredths(at), hundredths(c.height-baseline)
	c.buf = appendHundredths(c.buf, tx-c.tx)
	c.buf = appendHundredths(append(c.buf, ' '), ty-c.ty)
	c.buf = append(c.buf, " Td("...)
	c.tx, c.ty = tx, ty
	c.show(s, text)
	c.buf = append(c.buf, ")Tj\n"...)
}

// shape tells of a drawing.
func (c *canvas) shape(name string, x, y, width, height float64) {
	if c.watch != nil {
		c.watch(mark{page: c.page, x: x, y: y, width: width, size: height, pageHeight: c.height, shape: name})
	}
}

// use opens a text object in a style.
func (c *canvas) use(s style) {
	if !c.inText {
		c.buf = append(c.buf, "BT\n"...)
		c.inText, c.tx, c.ty = true, 0, 0
	}
	if !c.styled || s.bold != c.style.bold || s.size != c.style.size {
		c.buf = append(append(c.buf, c.paper.fontName(s.bold)...), ' ')
		c.buf = append(appendHundredths(c.buf, hundredths(s.size)), " Tf\n"...)
		c.style, c.styled = s, true
	}
	c.paint(s.color)
}

// paint sets the colour of texts and areas.
func (c *canvas) paint(color rgb) {
	if c.filled && c.fill == color {
		return
	}
	c.buf = append(appendColor(c.buf, color), " rg\n"...)
	c.fill, c.filled = color, true
}

func (c *canvas) endText() {
	if c.inText {
		c.buf = append(c.buf, "ET\n"...)
		c.inText = false
	}
}
