package render

import (
	"cmp"
	"strings"
)

// The page, in points.
const (
	portraitWidth  = 595.28
	landscapeWidth = 841.89
	margin         = 42.0
	footerRoom     = 60.0 // from the end of the content to the edge of the paper
)

// sheet lays the document out: it knows how far the page is filled.
type sheet struct {
	document      Document
	canvas        *canvas
	cleaner       *cleaner
	rows          *rows
	table         rowTable
	sumCells      []sumCell
	logo          *logo
	landscape     bool    // how the page lies
	width, bottom float64 // of the content
	y             float64 // where the page is filled to
	dirty         bool    // something is on the page
	fresh         bool    // nothing but a header is
	pages         int     // in all; 0 while they are counted
	lastHeight    float64 // of the last page, by which fpdf measures where bookmarks lead
}

func newSheet(e *pdfEncoder) *sheet {
	s := &sheet{document: e.document, cleaner: e.cleaner, rows: e.rows}
	if !s.withoutRows() {
		s.table = layoutRows(e.rows, e.faces, portraitWidth-2*margin, landscapeWidth-2*margin)
	}
	s.sumCells = shownSums(e.rows, s.table)
	s.prepare()
	s.canvas = &canvas{paper: newPaper(e.faces), faces: e.faces, watch: e.watch}
	s.properties()
	return s
}

// draw draws all pages: at first to count them, then for good. The first page is upright
// unless a table of totals needs the width, whatever the rows need.
func (s *sheet) draw() {
	for _, dry := range [...]bool{true, false} {
		s.canvas.dry, s.canvas.page = dry, 0
		s.landscape = s.tablesNeedWidth()
		s.newPage()
		s.front()
		s.body()
		s.pages, s.lastHeight = s.canvas.page, s.canvas.height
	}
	s.footer()
	s.canvas.endPage()
}

// withoutRows tells whether a sentence stands in the place of the rows.
func (s *sheet) withoutRows() bool { return s.rows.count == 0 || s.document.RowsElsewhere != "" }

// properties writes what a reader's programs show about the document.
func (s *sheet) properties() {
	pdf, d := s.canvas.paper.pdf, s.document
	pdf.SetTitle(join(", ", d.Title, d.Period), true)
	pdf.SetAuthor(d.Organization.Name, true)
	pdf.SetSubject(cmp.Or(d.Subtitle, d.Title), true)
	pdf.SetKeywords(join(", ", d.Number, d.Span, s.organizationNumber()), true)
	pdf.SetCreator(cmp.Or(d.Program, "Rapport"), true)
	pdf.SetLang(d.Printer.Tag())
	pdf.SetCreationDate(d.Created)
	pdf.SetModificationDate(d.Created)
	pdf.SetCatalogSort(true)
}

// newPage ends the page and starts the next one.
func (s *sheet) newPage() {
	if s.canvas.page > 0 {
		s.footer()
	}
	s.canvas.newPage(s.landscape)
	s.width = portraitWidth - 2*margin
	if s.landscape {
		s.width = landscapeWidth - 2*margin
	}
	s.bottom = s.canvas.height - footerRoom
	s.y, s.dirty, s.fresh = margin, false, false
}

// turn goes on with pages that lie the given way.
func (s *sheet) turn(landscape bool) {
	if landscape != s.landscape {
		s.landscape = landscape
		s.newPage()
	}
}

// reserve makes sure that the page has room for height, on a new page if need be.
func (s *sheet) reserve(height float64) {
	if s.dirty && s.y+height > s.bottom {
		s.newPage()
	}
}

// paragraph writes text in lines of at most width, on further pages if need be.
func (s *sheet) paragraph(st style, width, leading float64, lines int, text string) {
	for _, line := range s.canvas.face(st).wrap(text, int(width*1000/st.size), lines) {
		s.reserve(leading)
		s.canvas.cell(st, margin, width, s.y+leading*0.75, false, line)
		s.y += leading
		s.dirty = true
	}
}

// join joins what is not empty.
func join(separator string, parts ...string) string {
	var some []string
	for _, part := range parts {
		if part != "" {
			some = append(some, part)
		}
	}
	return strings.Join(some, separator)
}
