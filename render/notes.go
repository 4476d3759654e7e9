package render

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
