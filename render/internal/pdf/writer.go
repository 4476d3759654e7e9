// Package pdf writes PDF files: pages of text in two fonts and of vector shapes, pictures,
// an outline. It lays nothing out, and refuses no text that the fonts hold; others are the
// caller's to clean. The same calls make the same bytes.
//
// fpdf makes the document: its pages, pictures, outline, properties. What a document
// mostly consists of is ours: fpdf would format every cell several times as slowly, keep
// each page uncompressed until the end, make a compressor for each, and parse both fonts
// for every document (50,000 rows: 1.4 s, ours 0.4 s). fpdf takes neither compressed
// pages nor objects of others. So it writes empty pages and two fonts of its own, and
// what it wrote is taken apart by its cross-reference table and put together with our
// contents and fonts in their places. That leans on the layout of fpdf 0.9.0, and all of
// it stands in three files: objects.go, writer.go and outline.go. Another layout is an
// error, never a broken document.
package pdf

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/go-pdf/fpdf"
)

// The sides of A4, in points.
const (
	ShortSide = 595.28
	LongSide  = 841.89
)

// Writer is a document that is being written, by one goroutine. Close frees what it holds.
type Writer struct {
	pdf        *fpdf.Fpdf
	properties Properties
	fonts      [2]documentFont // regular, bold
	images     int
	page       Page // the current one
	pages      int
	compressor *compressor
	contents   []*compressed // of the pages
	bookmarks  []bookmark
	structure  structure
	clusters   *Clusters
	faces      []*clusterFont // that texts are drawn in besides
}

// documentFont is a font in a document.
type documentFont struct {
	*Font
	resource string // its name on a page: "/F…"
	used     usedGlyphs
}

// fpdf writes two of its own fonts in the places of ours, which cost it nothing.
const placeholderFamily = "Helvetica"

var placeholders = [2]struct{ weight, name string }{{"", "Helvetica"}, {"B", "Helvetica-Bold"}}

// Properties are what programs show about a document.
type Properties struct {
	Title, Author, Subject, Keywords string
	Creator                          string // the program
	Language                         string // "nb"
	Created                          time.Time
}

// NewWriter starts a document.
func NewWriter(fonts Fonts, p Properties) *Writer {
	for _, text := range [...]*string{&p.Title, &p.Author, &p.Subject, &p.Keywords, &p.Creator} {
		*text = fonts.Source(*text)
	}
	pdf := fpdf.NewCustom(&fpdf.InitType{OrientationStr: "P", UnitStr: "pt", SizeStr: "A4"})
	pdf.SetAutoPageBreak(false, 0)
	pdf.SetCompression(false)
	pdf.SetTitle(p.Title, true)
	pdf.SetAuthor(p.Author, true)
	pdf.SetSubject(p.Subject, true)
	pdf.SetKeywords(p.Keywords, true)
	pdf.SetCreator(p.Creator, true)
	pdf.SetLang(p.Language)
	pdf.SetCreationDate(p.Created)
	pdf.SetModificationDate(p.Created)
	pdf.SetCatalogSort(true)
	w := &Writer{pdf: pdf, properties: p, compressor: newCompressor(), structure: newStructure(), clusters: fonts.Clusters}
	w.page.writer = w
	for i, font := range [...]*Font{fonts.Regular, fonts.Bold} {
		set := func(t *fpdf.Tpl) { t.SetFont(placeholderFamily, placeholders[i].weight, 8) }
		w.fonts[i] = documentFont{font, w.resourceName("/F", set), newUsedGlyphs(font.typeface)}
		pdf.SetFont(placeholderFamily, placeholders[i].weight, 8)
	}
	return w
}

func (w *Writer) font(bold bool) *documentFont {
	if bold {
		return &w.fonts[1]
	}
	return &w.fonts[0]
}

// imageResource adds a picture to the document and returns its name on a page.
func (w *Writer) imageResource(i *Image) string {
	w.images++
	name, options := fmt.Sprint("image", w.images), fpdf.ImageOptions{ImageType: i.format}
	w.pdf.RegisterImageOptionsReader(name, options, bytes.NewReader(i.data))
	return w.resourceName("/I", func(t *fpdf.Tpl) { t.ImageOptions(name, 0, 0, 1, 1, false, options, 0, "") })
}

// resourceName finds out what fpdf calls a font or picture, from a drawing that is on no
// page.
func (w *Writer) resourceName(prefix string, draw func(*fpdf.Tpl)) string {
	name := ""
	for operand := range strings.FieldsSeq(string(w.pdf.CreateTemplate(draw).Bytes())) {
		if strings.HasPrefix(operand, prefix) {
			name = operand
		}
	}
	if name == "" {
		w.pdf.SetErrorf("no name like %s… in a drawing of fpdf", prefix)
	}
	return name
}

// AddPage ends the current page and starts the next one, which stays valid until then.
func (w *Writer) AddPage(landscape bool) *Page {
	w.endPage()
	w.pages++
	orientation, height := "P", LongSide
	if landscape {
		orientation, height = "L", ShortSide
	}
	w.pdf.AddPageFormat(orientation, w.pdf.GetPageSizeStr("A4"))
	w.page = Page{writer: w, height: height, buf: w.page.buf[:0]}
	w.structure.parents = append(w.structure.parents, nil)
	return &w.page
}

func (w *Writer) endPage() {
	if w.pages > 0 {
		w.page.endText()
		w.page.endMarked()
		w.contents = append(w.contents, w.compressor.add(w.page.buf))
	}
}

// Write ends the document and writes it.
func (w *Writer) Write(out io.Writer) error {
	w.endPage()
	w.putBookmarks()
	var pdf bytes.Buffer
	if err := w.pdf.Output(&pdf); err != nil {
		return err
	}
	o, err := parseObjects(pdf.Bytes())
	if err != nil {
		return err
	}
	if err := countBookmarks(o, w.bookmarks); err != nil {
		return err
	}
	if err := w.putPages(o); err != nil {
		return err
	}
	for i, font := range w.fonts {
		number := o.find("/BaseFont /" + placeholders[i].name + "\n")
		if number == 0 {
			return fmt.Errorf("%w: no font %s", errObjects, placeholders[i].name)
		}
		if err := font.embed(o, number, font.used, w.compressor); err != nil {
			return err
		}
	}
	if err := w.putClusters(o); err != nil {
		return err
	}
	if err := w.putCatalog(o); err != nil {
		return err
	}
	return o.write(out, w.compressor)
}

// pageObject is the number of the object that a page is; the one after it is what it shows.
func pageObject(page int) int { return 2*page + 1 }

// putPages gives the pages their contents.
func (w *Writer) putPages(o *objects) error {
	w.compressor.wait()
	for i, page := range w.contents {
		number := pageObject(i+1) + 1
		if number >= len(o.list) || !bytes.Contains(o.list[number-1], []byte("<</Type /Page\n")) {
			return fmt.Errorf("%w: no page %d", errObjects, i+1)
		}
		if page.err != nil {
			return page.err
		}
		o.replace(number, stream(page.data, ""))
	}
	return nil
}

// putCatalog adds what holds for the whole document, after all else: metadata, and the
// structure tree, to which each page has the key of its number.
func (w *Writer) putCatalog(o *objects) error {
	metadata := o.add(w.properties.metadata())
	if w.structure.end(); len(w.structure.open) > 0 {
		return errors.New("a part of the document was not closed")
	}
	for i := range w.pages {
		if !o.insert(pageObject(i+1), "/Resources 2 0 R\n", fmt.Sprintf("/StructParents %d /Tabs /S\n", i)) {
			return fmt.Errorf("%w: no resources of page %d", errObjects, i+1)
		}
	}
	tree := w.structure.pack(o, w.pages)
	entries := fmt.Sprintf("/MarkInfo <</Marked true>> /StructTreeRoot %d 0 R /Metadata %d 0 R /ViewerPreferences <</DisplayDocTitle true>>\n", tree, metadata)
	if !o.insert(o.parsed-1, "/Type /Catalog\n", entries) {
		return fmt.Errorf("%w: no catalog", errObjects)
	}
	return nil
}

// Close ends the compressing of a document that was not written. It may be called again.
func (w *Writer) Close() { w.compressor.close() }
