package render

import "rapport/render/internal/pdf"

// What is drawn says what it is, for those who hear a document or read it in another
// order. Parts are read in the order in which they are drawn.

// in draws a part of the document.
func (c *canvas) in(r pdf.Role, draw func()) {
	c.begin(r)
	draw()
	c.end()
}

// begin opens a part of the document, end closes it.
func (c *canvas) begin(r pdf.Role) {
	if !c.counting {
		c.writer.Begin(r)
	}
}

func (c *canvas) end() {
	if !c.counting {
		c.writer.End()
	}
}

// spanning draws a cell that is several columns of a table wide.
func (c *canvas) spanning(r pdf.Role, columns int, draw func()) {
	if !c.counting {
		c.writer.BeginSpanning(r, columns)
	}
	draw()
	c.end()
}

// figure draws a picture; the alternative is read in its place.
func (c *canvas) figure(alternative string, x, y, width, height float64, draw func()) {
	if !c.counting {
		c.writer.BeginFigure(alternative, x, y, width, height)
	}
	draw()
	c.end()
}

// artifact draws what is on the page but not read: what runs along all pages, what is
// repeated where something goes on.
func (c *canvas) artifact(draw func()) {
	if !c.counting {
		c.writer.Artifact(true)
		defer c.writer.Artifact(false)
	}
	c.repeats = true
	draw()
	c.repeats = false
}

// heading draws the title of a part.
func (c *canvas) heading(x, width, baseline float64, title string) {
	c.in(pdf.Heading, func() { c.cell(groupText, x, width, baseline, false, title) })
}

// headerRow draws the header of a table; where it is drawn again it is not read again.
func (c *canvas) headerRow(again bool, draw func()) {
	if again {
		c.artifact(draw)
	} else {
		c.in(pdf.TableRow, draw)
	}
}
