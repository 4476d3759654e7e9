package render

import (
	"bytes"
	"fmt"
	"io"
	"regexp"

	"github.com/go-pdf/fpdf"
)

// paper is the document in fpdf, which writes all but the contents of the pages and the
// fonts. fpdf itself would keep every page in full until the end, make a new compressor
// for each, and parse the fonts for every document.
type paper struct {
	pdf   *fpdf.Fpdf
	faces faces
	fonts [2]string // the names of the fonts on a page, regular and bold
	used  [2]glyphSet
	press *press
	err   error
}

// In the place of our fonts fpdf has two of its own, which cost it nothing.
const family = "Helvetica"

var (
	weights = [2]string{"", "B"}
	places  = [2]string{"Helvetica", "Helvetica-Bold"}
)

func newPaper(f faces) *paper {
	pdf := fpdf.NewCustom(&fpdf.InitType{OrientationStr: "P", UnitStr: "pt", SizeStr: "A4"})
	pdf.SetAutoPageBreak(false, 0)
	pdf.SetCompression(false)
	p := &paper{pdf: pdf, faces: f, used: [2]glyphSet{newGlyphSet(f.regular), newGlyphSet(f.bold)}, press: newPress()}
	for i, weight := range weights {
		p.fonts[i] = p.nameOf(`/F[0-9a-f]+`, func(t *fpdf.Tpl) { t.SetFont(family, weight, 8) })
		pdf.SetFont(family, weight, 8)
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

// usedBy are the glyphs that were drawn in a font.
func (p *paper) usedBy(bold bool) glyphSet {
	if bold {
		return p.used[1]
	}
	return p.used[0]
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

func (p *paper) finish(operators []byte) { p.press.page(operators) }

// write writes the document. In what fpdf 0.9.0 writes, page n is object 2n+1 and its
// contents are the object after it.
func (p *paper) write(w io.Writer) error {
	p.press.close()
	var out bytes.Buffer
	if err := p.pdf.Output(&out); err != nil {
		return err
	}
	if p.err != nil {
		return p.err
	}
	f, err := parseFrame(out.Bytes())
	if err != nil {
		return err
	}
	for i, page := range p.press.pages {
		number := 2*i + 4
		if number >= len(f.objects) || !bytes.Contains(f.objects[number-1], []byte("<</Type /Page\n")) {
			return fmt.Errorf("%w: no page %d", errFrame, i+1)
		}
		if page.err != nil {
			return page.err
		}
		f.replace(number, stream(page.data, ""))
	}
	for i, face := range [...]*face{p.faces.regular, p.faces.bold} {
		if err := face.embed(f, places[i], p.used[i], p.press.idle.deflate); err != nil {
			return err
		}
	}
	countOutline(f)
	return f.write(w)
}
