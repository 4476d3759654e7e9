package render

import (
	"bytes"
	"compress/zlib"
	"fmt"
	"io"
	"regexp"

	"github.com/go-fonts/liberation/liberationsansbold"
	"github.com/go-fonts/liberation/liberationsansregular"
	"github.com/go-pdf/fpdf"
)

// paper is the document in fpdf, which writes all but the contents of the pages: those
// are compressed page by page and put into its output, see splice. fpdf itself would
// keep every page in full until the end and make a new compressor for each.
type paper struct {
	pdf      *fpdf.Fpdf
	fonts    [2]string // the names of the fonts on a page, regular and bold
	used     [2][1 << 16]bool
	deflater *zlib.Writer
	contents [][]byte // of each page, compressed
	err      error
}

const family = "liberation"

var weights = [2]string{"", "B"}

func newPaper() *paper {
	pdf := fpdf.NewCustom(&fpdf.InitType{OrientationStr: "P", UnitStr: "pt", SizeStr: "A4"})
	pdf.SetAutoPageBreak(false, 0)
	pdf.SetCompression(false)
	// fpdf appends to slices of the font, which writes into it: each document has its own.
	pdf.AddUTF8FontFromBytes(family, "", bytes.Clone(liberationsansregular.TTF))
	pdf.AddUTF8FontFromBytes(family, "B", bytes.Clone(liberationsansbold.TTF))
	pdf.SetFont(family, "B", 10) // by which fpdf encodes the titles of the outline
	p := &paper{pdf: pdf}
	p.deflater, p.err = zlib.NewWriterLevel(io.Discard, zlib.BestSpeed)
	for i, weight := range weights {
		p.fonts[i] = p.nameOf(`/F[0-9a-f]+`, func(t *fpdf.Tpl) { t.SetFont(family, weight, 8) })
	}
	return p
}

// nameOf finds out what fpdf calls a font or picture, from a drawing that is on no page.
func (p *paper) nameOf(pattern string, draw func(*fpdf.Tpl)) string {
	operators := p.pdf.CreateTemplate(draw).Bytes()
	names := regexp.MustCompile(pattern).FindAll(operators, -1)
	if len(names) == 0 {
		p.err = fmt.Errorf("no name like %s in %q", pattern, operators)
		return ""
	}
	return string(names[len(names)-1])
}

func (p *paper) fontName(bold bool) string {
	if bold {
		return p.fonts[1]
	}
	return p.fonts[0]
}

// usedBy are the runes that were drawn in a font.
func (p *paper) usedBy(bold bool) *[1 << 16]bool {
	if bold {
		return &p.used[1]
	}
	return &p.used[0]
}

func (p *paper) pictureName(l *logo) string {
	options := fpdf.ImageOptions{ImageType: l.kind}
	p.pdf.RegisterImageOptionsReader("logo", options, bytes.NewReader(l.data))
	return p.nameOf(`/I[0-9a-f]+`, func(t *fpdf.Tpl) { t.ImageOptions("logo", 0, 0, 1, 1, false, options, 0, "") })
}

// add adds a page, finish gives it its contents.
func (p *paper) add(landscape bool) {
	orientation := "P"
	if landscape {
		orientation = "L"
	}
	p.pdf.AddPageFormat(orientation, p.pdf.GetPageSizeStr("A4"))
}

func (p *paper) finish(operators []byte) {
	if p.err != nil {
		return
	}
	var out bytes.Buffer
	out.Grow(len(operators) / 4)
	p.deflater.Reset(&out)
	if _, p.err = p.deflater.Write(operators); p.err == nil {
		p.err = p.deflater.Close()
	}
	p.contents = append(p.contents, out.Bytes())
}

// write writes the document.
func (p *paper) write(w io.Writer) error {
	p.keepGlyphs()
	var frame bytes.Buffer
	if err := p.pdf.Output(&frame); err != nil {
		return err
	}
	if p.err != nil {
		return p.err
	}
	return splice(w, frame.Bytes(), p.contents)
}

// keepGlyphs tells fpdf which runes were drawn, or their glyphs are cut from the fonts:
// it learns them from texts of its own only, so it is given one that is on no page.
func (p *paper) keepGlyphs() {
	p.pdf.CreateTemplate(func(t *fpdf.Tpl) {
		for i, weight := range weights {
			t.SetFont(family, weight, 8)
			var text []rune
			for r, used := range p.used[i] {
				if used {
					text = append(text, rune(r))
				}
			}
			t.Text(0, 0, string(text))
		}
	})
}
