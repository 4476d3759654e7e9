package render

import (
	"cmp"
	"strings"

	"rapport/internal/content"
	"rapport/render/internal/drawable"
	"rapport/render/internal/pdf"
)

// layout puts a document and its rows on pages.
type layout struct {
	document Document // all its texts drawable
	logo     *pdf.Image
	rows     *rowBuffer
	table    rowLayout
	cleaner  *drawable.Cleaner
}

func newLayout(p *PDF) *layout {
	l := &layout{document: p.document, rows: p.rows, cleaner: p.cleaner}
	if !l.withoutRows() {
		l.table = layoutRows(p.rows, p.fonts, contentWidth(false), contentWidth(true))
	}
	l.document.clean(p.cleaner.Clean)
	if data := l.document.Organization.Logo; len(data) > 0 {
		if logo, err := pdf.ReadImage(data); err == nil { // else its readers can do nothing about it: see CheckLogo
			l.logo = logo
		}
	}
	return l
}

// withoutRows tells whether a sentence stands in the place of the rows.
func (l *layout) withoutRows() bool { return l.rows.count == 0 || l.document.RowsElsewhere != "" }

// properties are what programs show about the document.
func (l *layout) properties() pdf.Properties {
	d := l.document
	return pdf.Properties{
		Title:    join(", ", d.Title, d.Period),
		Author:   d.Organization.Name,
		Subject:  cmp.Or(d.Subtitle, d.Title),
		Keywords: join(", ", d.Number, d.Span, organizationNumber(&d)),
		Creator:  cmp.Or(d.Program, "Rapport"),
		Language: d.Printer.Tag(),
		Created:  d.Created,
	}
}

// A setting is how a document is set.
type setting int

const (
	usual  setting = iota
	closer         // tables and charts take less room
	kept           // the last table is on the page of what follows it
)

// draw draws all pages: at first to count them, as each says how many there are, then for
// good. Where the last page would have little more than a few lines, all is set closer if
// that spares it; else the last table goes along with them.
func (l *layout) draw(c *canvas) {
	footer := &pageFooter{document: &l.document, cleaner: l.cleaner}
	c.counting = true
	thin, chosen := l.drawPages(c, footer, usual), usual
	pages := c.number
	if thin {
		if l.drawPages(c, footer, closer); c.number < pages {
			chosen, pages = closer, c.number
		} else if l.drawPages(c, footer, kept); c.number == pages {
			chosen = kept
		}
	}
	c.counting, footer.pages = false, pages
	l.drawPages(c, footer, chosen)
}

// thinPage is what a page that was not worth turning has at most, in points.
const thinPage = 110.0

// drawPages draws all pages once, and tells whether one is nearly empty that need not be. The
// first page is upright unless a table of totals needs the width, whatever the rows need.
func (l *layout) drawPages(c *canvas, footer *pageFooter, as setting) (thin bool) {
	c.number = 0
	flow := &pageFlow{canvas: c, words: l.document.Printer, footer: footer, compact: as == closer}
	totals := &totalsTables{pageFlow: flow}
	if as == kept {
		totals.tail = thinPage
	}
	flow.landscape = totals.needWidth(l.document.Urgent) || totals.needWidth(l.document.Tables)
	flow.newPage()
	(&summary{flow, &l.document, l.logo, totals, l.rows.count}).draw()
	thin = l.drawDetails(flow) || c.number > 1 && flow.y < margin+thinPage
	footer.draw(c, flow.width)
	return thin
}

// drawDetails draws the rows, or says why there are none. It tells whether the page before
// them is nearly empty.
func (l *layout) drawDetails(flow *pageFlow) (thin bool) {
	notes := &notes{flow, l.document.Notes}
	if l.withoutRows() {
		notes.draw()
		flow.notice(l.document.RowsElsewhere)
		return false
	}
	table := &rowsTable{pageFlow: flow, rows: l.rows, layout: l.table, sumColumns: shownSums(l.rows, l.table), cleaner: l.cleaner, elsewhere: l.document.ColumnsElsewhere}
	early := l.table.landscape == flow.landscape || flow.y+notes.height() <= flow.bottom
	if early {
		notes.draw()
	}
	thin = l.table.landscape != flow.landscape && flow.canvas.number > 1 && flow.y < margin+thinPage
	flow.orient(l.table.landscape)
	if !early { // there was no room for them, and they do not get a page to themselves
		notes.draw()
	}
	table.draw()
	return thin
}

const noteLeading, noteWidth, noteLines = 11.0, 560.0, 6

// notes are what a reader must know to read the figures.
type notes struct {
	*pageFlow
	texts []string
}

func (n *notes) draw() {
	for _, text := range n.texts {
		n.paragraph(smallText, margin, min(n.width, noteWidth), noteLeading, noteLines, text)
	}
	if len(n.texts) > 0 {
		n.y += 14
	}
}

// height is the room that the notes take.
func (n *notes) height() float64 {
	lines := 0
	for _, text := range n.texts {
		lines += len(n.canvas.fonts.Regular.Wrap(text, int(min(n.width, noteWidth)*1000/smallText.Size), noteLines))
	}
	return noteLeading * float64(lines)
}

// clean makes every text of the document drawable, in copies.
func (d *Document) clean(clean func(string) string) {
	d.Organization.Name = clean(d.Organization.Name)
	d.Organization.Number = clean(d.Organization.Number)
	for _, text := range []*string{&d.Title, &d.Subtitle, &d.Period, &d.Span, &d.Number, &d.Empty, &d.RowsElsewhere, &d.Program} {
		*text = strings.TrimSpace(clean(*text))
	}
	d.Check = d.Check.Map(clean)
	d.Check.Text = strings.TrimSpace(d.Check.Text)
	d.Remarks, d.Notes = content.Map(d.Remarks, clean), content.Map(d.Notes, clean)
	list := func(s string) string { return strings.Join(content.Map(strings.SplitAfter(s, ", "), clean), "") } // of any length
	d.Facts = content.Map(d.Facts, func(f content.Fact) content.Fact { return f.Map(list) })
	d.Headlines = content.Map(d.Headlines, func(h content.Headline) content.Headline { return h.Map(clean) })
	d.Charts = content.Map(d.Charts, func(c content.Chart) content.Chart { return c.Map(clean) })
	table := func(t content.Table) content.Table { return t.Map(clean) }
	d.Urgent, d.Tables = content.Map(d.Urgent, table), content.Map(d.Tables, table)
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
