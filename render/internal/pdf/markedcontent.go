package pdf

import "strconv"

// What is marked on a page besides elements, whose numbers are positive.
const (
	nothing    int32 = 0
	ornament   int32 = -1
	pagination int32 = -2
)

// beginText makes sure that text is being written, marked as what the current element holds.
func (p *Page) beginText() {
	s := &p.writer.structure
	target := s.current()
	switch role := s.elements[target].role; {
	case s.artifact:
		target = pagination
	case role == Figure:
		p.markOutside(target)
		if p.inText {
			p.separate()
		}
		p.openText()
		return
	case role < firstLeaf:
		s.begin(Paragraph, 1)
		target = s.current()
		s.end()
	}
	if p.marked == target && p.inText {
		if target > 0 {
			p.separate()
		}
		return
	}
	if p.marked != nothing && !p.markedInText {
		p.endMarked()
	}
	p.openText()
	p.endMarked()
	p.openMarked(target)
	p.markedInText = true
}

func (p *Page) openText() {
	if !p.inText {
		p.op("BT\n")
		p.inText, p.tx, p.ty = true, 0, 0
	}
}

// separate writes a space between two texts of one element: lines of a paragraph, which
// are words of one sentence to whoever hears them.
func (p *Page) separate() {
	font := p.writer.font(p.font.Bold)
	space := font.glyphs[' ']
	font.used.add(space, ' ')
	p.op("(")
	p.buf = append(p.buf, byte(space>>8), byte(space))
	p.op(")Tj\n")
}

// beginShape marks what is drawn next as part of the current figure, or as an ornament.
func (p *Page) beginShape() {
	s := &p.writer.structure
	if target := s.current(); s.elements[target].role == Figure && !s.artifact {
		p.endText()
		p.markOutside(target)
		return
	}
	p.endText()
	p.markOutside(ornament)
}

// markOutside marks what is drawn next, texts and shapes.
func (p *Page) markOutside(target int32) {
	if p.marked == target && !p.markedInText {
		return
	}
	p.endText()
	p.endMarked()
	p.openMarked(target)
	p.markedInText = false
}

// openMarked begins a marked content.
func (p *Page) openMarked(target int32) {
	p.marked = target
	switch target {
	case ornament:
		p.op("/Artifact<</Type/Layout>>BDC\n")
	case pagination:
		p.op("/Artifact<</Type/Pagination>>BDC\n")
	default:
		s := &p.writer.structure
		p.op("/", roles[s.elements[target].role].structureType, "<</MCID ")
		p.buf = strconv.AppendInt(p.buf, int64(s.mark(target, p.writer.pages)), 10)
		p.op(">>BDC\n")
	}
}

// endMarked ends the marked content, if there is one.
func (p *Page) endMarked() {
	if p.marked == nothing {
		return
	}
	if !p.markedInText && p.inText {
		p.op("ET\n")
		p.inText = false
	}
	p.op("EMC\n")
	p.marked = nothing
}

// endText ends a text, and what is marked in it.
func (p *Page) endText() {
	if !p.inText {
		return
	}
	if p.markedInText {
		p.endMarked()
	}
	p.op("ET\n")
	p.inText = false
}
