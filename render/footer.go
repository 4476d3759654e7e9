package render

import "rapport/render/internal/drawable"

// pageFooter ends each page: whose it is, when the data was read, and its number.
type pageFooter struct {
	document *Document
	cleaner  *drawable.Cleaner
	pages    int // in all, once they are counted
}

func (f *pageFooter) draw(c *canvas, width float64) {
	if c.counting {
		return
	}
	d, words, top := f.document, f.document.Printer, c.height-44
	number := words.Word("document.page", words.Int(int64(c.number)), words.Int(int64(f.pages)))
	read := words.Word("document.data_read") + " " + words.DateTime(d.Created)
	c.lines(margin, width, []float64{top}, 0.4, faint)
	c.artifact(func() {
		footerLine(c, top+12, width, f.which(c, width-margin*2), number)
		footerLine(c, top+22, width, join("  ·  ", d.Number, d.Previous, read), d.Program)
	})
	if c.number == f.pages && f.cleaner.Lossy {
		said := words.Word("document.unprintable")
		if d.CharactersElsewhere != "" {
			said += " " + words.Word(d.CharactersElsewhere)
		}
		c.cell(tinyText, margin, width, top-6, false, said)
	}
}

// which says which report this is: whose, what and for when, as much of it as stands whole.
func (f *pageFooter) which(c *canvas, room float64) string {
	d := f.document
	for _, text := range []string{join("  ·  ", d.Organization.Name, d.Title, d.Period), join("  ·  ", d.Title, d.Period)} {
		if c.fonts.Regular.Points(text, tinyText.Size) <= room {
			return text
		}
	}
	return d.Period
}

// footerLine writes a text at the left and one at the right, which is cut last.
func footerLine(c *canvas, baseline, width float64, left, right string) {
	room := min(c.fonts.Regular.Points(right, tinyText.Size)+0.2, width/2)
	c.cell(tinyText, margin, width-room-24, baseline, false, left)
	c.cell(tinyText, margin+width-room, room, baseline, true, right)
}
