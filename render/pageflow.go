package render

import (
	"rapport/locales"
	"rapport/render/internal/pdf"
)

// The page, in points.
const (
	margin     = 42.0
	footerRoom = 60.0 // from the end of the content to the edge of the paper
)

// contentWidth is the width between the margins.
func contentWidth(landscape bool) float64 {
	if landscape {
		return pdf.LongSide - 2*margin
	}
	return pdf.ShortSide - 2*margin
}

// pageFlow fills pages from top to bottom. Each part of a document draws at y and moves it
// down.
type pageFlow struct {
	canvas        *canvas
	words         *locales.Printer
	footer        *pageFooter
	landscape     bool    // the orientation of this page and those that follow
	width, bottom float64 // of the content
	y             float64 // where the page is filled to
	begun         bool    // something is on the page
	compact       bool    // tables and charts are set closer, as they then need a page less
}

// rowHeight is that of a row in a table of totals.
func (f *pageFlow) tableRow() float64 {
	if f.compact {
		return tableRow - 2.5
	}
	return tableRow
}

// tableAfter is the room below a table of totals.
func (f *pageFlow) tableAfter() float64 {
	if f.compact {
		return tableAfter - 8
	}
	return tableAfter
}

// newPage ends the page and starts the next one.
func (f *pageFlow) newPage() {
	if f.canvas.number > 0 {
		f.footer.draw(f.canvas, f.width)
	}
	f.canvas.newPage(f.landscape)
	f.width = contentWidth(f.landscape)
	f.bottom = f.canvas.height - footerRoom
	f.y, f.begun = margin, false
}

// orient goes on with pages of the given orientation.
func (f *pageFlow) orient(landscape bool) {
	if landscape != f.landscape {
		f.landscape = landscape
		f.newPage()
	}
}

// ensure makes sure that the page has room for height, on a new page if need be.
func (f *pageFlow) ensure(height float64) {
	if f.begun && f.y+height > f.bottom {
		f.newPage()
	}
}

// paragraph writes text between x and x+width in at most lines lines, on further pages if
// need be.
func (f *pageFlow) paragraph(st style, x, width, leading float64, lines int, text string) {
	broken := f.canvas.font(st).Wrap(text, int(width*1000/st.Size), lines)
	if len(broken) == 0 {
		return
	}
	role := pdf.Paragraph
	if st == titleText {
		role = pdf.Title
	}
	f.canvas.begin(role)
	for _, line := range broken {
		f.ensure(leading)
		f.canvas.cell(st, x, width, f.y+leading*0.75, false, line)
		f.y += leading
		f.begun = true
	}
	f.canvas.end()
}

// notice says a sentence in the place of the rows.
func (f *pageFlow) notice(text string) {
	if text == "" {
		return
	}
	st, leading := regular(10, ink), 14.0
	lines := f.canvas.font(st).Wrap(text, int((f.width-12)*1000/st.Size), noticeLines)
	height := 8 + leading*float64(len(lines))
	f.ensure(height)
	f.bookmark(0, f.words.Word("document.rows"))
	f.canvas.box(margin, f.y, 2.4, height, accent)
	f.canvas.begin(pdf.Paragraph)
	for i, line := range lines {
		f.canvas.cell(st, margin+12, f.width-12, f.y+14.5+leading*float64(i), false, line)
	}
	f.canvas.end()
	f.y += height + f.tableAfter()
	f.begun = true
}

const noticeLines = 4

// bookmark adds the current place to the outline, at level 0 or 1.
func (f *pageFlow) bookmark(level int, title string) {
	if title != "" && !f.canvas.counting {
		f.canvas.writer.Bookmark(title, level, f.y)
	}
}

// continued is the title of a block where it goes on on another page.
func (f *pageFlow) continued(title string) string {
	return join(", ", title, f.words.Word("document.continued"))
}
