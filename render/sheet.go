package render

import "strings"

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
	logo          *logo
	width, bottom float64 // of the content
	y             float64 // where the page is filled to
	dirty         bool    // something is on the page
	pages         int     // in all; 0 while they are counted
}

func newSheet(e *pdfEncoder) *sheet {
	s := &sheet{document: e.document, cleaner: e.cleaner, rows: e.rows}
	if !s.withoutRows() {
		s.table = layoutRows(e.rows, e.faces, portraitWidth-2*margin, landscapeWidth-2*margin)
	}
	s.prepare()
	if s.withoutRows() {
		s.table.landscape = s.tablesNeedWidth(e.faces)
	}
	s.canvas = &canvas{paper: newPaper(s.table.landscape), faces: e.faces, watch: e.watch}
	s.width = portraitWidth - 2*margin
	if s.table.landscape {
		s.width = landscapeWidth - 2*margin
	}
	s.bottom = s.canvas.paper.height - footerRoom
	s.properties()
	return s
}

// draw draws all pages: at first to count them, then for good.
func (s *sheet) draw() {
	for _, dry := range [...]bool{true, false} {
		s.canvas.dry, s.canvas.page = dry, 0
		s.newPage()
		s.front()
		s.body()
		s.pages = s.canvas.page
	}
	s.footer()
	s.canvas.endPage()
}

// withoutRows tells whether a sentence stands in the place of the rows.
func (s *sheet) withoutRows() bool { return s.rows.count == 0 || s.document.RowsElsewhere != "" }

// prepare cleans every text of the document and reads the logo.
func (s *sheet) prepare() {
	d, clean := &s.document, s.cleaner.clean
	d.Organization.Name = clean(d.Organization.Name)
	d.Organization.Number = clean(d.Organization.Number)
	for _, text := range []*string{&d.Title, &d.Subtitle, &d.Period, &d.Span, &d.Empty, &d.RowsElsewhere} {
		*text = strings.TrimSpace(clean(*text))
	}
	d.Facts = append([]Fact(nil), d.Facts...)
	for i, fact := range d.Facts {
		d.Facts[i] = Fact{clean(fact.Label), clean(fact.Value)}
	}
	d.Tables = append([]Table(nil), d.Tables...)
	for i, table := range d.Tables {
		d.Tables[i] = s.cleanTable(table)
	}
	d.Notes = append([]string(nil), d.Notes...)
	for i, note := range d.Notes {
		d.Notes[i] = clean(note)
	}
	if len(d.Organization.Logo) > 0 {
		logo, err := readLogo(d.Organization.Logo)
		if err != nil {
			d.Notes = append(d.Notes, d.Printer.Word("document.logo_unreadable"))
		}
		s.logo = logo
	}
}

// cleanTable is a copy of a table with clean cells, one for each column.
func (s *sheet) cleanTable(t Table) Table {
	columns := len(t.Head)
	for _, row := range t.Rows {
		columns = max(columns, len(row))
	}
	clean := Table{Title: s.cleaner.clean(t.Title), Total: t.Total, Right: make([]bool, columns)}
	copy(clean.Right, t.Right)
	row := func(cells []string) []string {
		out := make([]string, columns)
		for i, cell := range cells {
			out[i] = s.cleaner.clean(cell)
		}
		return out
	}
	clean.Head = row(t.Head)
	for _, cells := range t.Rows {
		clean.Rows = append(clean.Rows, row(cells))
	}
	return clean
}

// properties writes what a reader's programs show about the document.
func (s *sheet) properties() {
	pdf, d := s.canvas.paper.pdf, s.document
	pdf.SetTitle(join(", ", d.Title, d.Period), true)
	pdf.SetAuthor(d.Organization.Name, true)
	pdf.SetSubject(d.Subtitle, true)
	pdf.SetCreator("Rapport", true)
	pdf.SetLang(d.Printer.Tag())
	pdf.SetCreationDate(d.Created)
	pdf.SetModificationDate(d.Created)
	pdf.SetCatalogSort(true)
}

func (s *sheet) newPage() {
	if s.canvas.page > 0 {
		s.footer()
	}
	s.canvas.newPage()
	s.y, s.dirty = margin, false
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
