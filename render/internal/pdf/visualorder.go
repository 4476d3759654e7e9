package pdf

import (
	"slices"
	"strconv"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/bidi"
)

// placed is a character of a line and the one that is drawn for it, which is the mirrored
// one of a bracket among right-to-left letters.
type placed struct {
	index int
	drawn rune
}

// visualOrder is a line as a page shows it, from left to right. Lines are shortened and
// broken before, in the order in which they are read. Right-to-left runs are reversed, and
// the order of the runs of a right-to-left stretch. A cluster stands where its first
// character would.
func (c *Clusters) visualOrder(line []rune) []placed {
	all := make([]placed, len(line))
	for i, r := range line {
		all[i] = placed{i, r}
	}
	firsts := c.firsts(line)
	var p bidi.Paragraph
	if _, err := p.SetString(firsts); err != nil {
		return all
	}
	order, err := p.Order()
	if err != nil {
		return all
	}
	rightToLeft := startsRightToLeft(firsts)
	var out, stretch [][]placed
	for i := range order.NumRuns() {
		run := order.Run(i)
		first, last := run.Pos()
		part, reversed := all[first:last+1], run.Direction() == bidi.RightToLeft
		if reversed {
			slices.Reverse(part)
			for k := range part {
				part[k].drawn, _ = utf8.DecodeRuneInString(bidi.ReverseString(string(part[k].drawn)))
			}
		}
		if !rightToLeft && (reversed || len(stretch) > 0 && !slices.ContainsFunc([]rune(run.String()), unicode.IsLetter)) {
			stretch = append(stretch, part)
			continue
		}
		slices.Reverse(stretch)
		out = append(append(out, stretch...), part)
		stretch = nil
	}
	slices.Reverse(stretch)
	out = append(out, stretch...)
	if rightToLeft {
		slices.Reverse(out)
	}
	return slices.Concat(out...)
}

// hasRightToLeft tells whether text has letters from U+0590 to U+08FF, where the scripts
// that are written from right to left stand, or clusters of them.
func (c *Clusters) hasRightToLeft(text []byte) bool {
	for i, b := range text {
		if b >= 0xf3 && c.rightToLeft {
			return true
		}
		if b >= 0xd6 && b <= 0xdf || b == 0xe0 && i+1 < len(text) && text[i+1] < 0xa4 {
			return true
		}
	}
	return false
}

// startsRightToLeft tells whether the first letter of s is written from right to left.
func startsRightToLeft(s string) bool {
	for _, r := range s {
		if p, _ := bidi.LookupRune(r); p.Class() == bidi.R || p.Class() == bidi.AL {
			return true
		} else if p.Class() == bidi.L {
			return false
		}
	}
	return false
}

// rightToLeft writes a line that has right-to-left letters as the numbers of its glyphs,
// in a string that is open: each in its place, but in the order in which they are read, so
// that who copies or hears them gets it.
func (p *Page) rightToLeft(font *documentFont, text []byte) {
	line := []rune(string(text))
	places, drawn, x := make([]int, len(line)), make([]rune, len(line)), 0
	for _, v := range p.writer.clusters.visualOrder(line) {
		places[v.index], drawn[v.index] = x, v.drawn
		x += font.width(v.drawn)
	}
	pen := 0
	for i, r := range drawn {
		if pen != places[i] {
			p.op(")Tj[")
			p.buf = strconv.AppendInt(p.buf, int64(pen-places[i]), 10)
			p.op("]TJ(")
		}
		p.glyphs(font, utf8.AppendRune(nil, r))
		pen = places[i] + font.width(r)
	}
}
