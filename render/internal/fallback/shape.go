package fallback

import (
	"slices"
	"unicode"

	"github.com/go-text/typesetting/harfbuzz"
)

// Cluster is the least of a text that is drawn as one: a character with its marks, letters
// that melt into a ligature, an emoji of several characters.
type Cluster struct {
	Face    *Face
	Text    string
	Advance int // in units of the font
	Parts   []Part
}

// Part is a glyph of a cluster and where it stands, in units of the font.
type Part struct {
	Glyph uint16
	X, Y  int
}

// What continues an emoji, and joins letters.
const (
	nonJoiner   = 0x200c
	joiner      = 0x200d
	emojiStyle  = 0xfe0f
	keycap      = 0x20e3
	maxMarks    = 3    // on one letter; more would reach into the line above
	longest     = 1200 // characters in one segment
	emojiFamily = "Emoji"
)

// Next shapes what text starts with, as far as one font draws it and the caller's does not:
// n characters. No characters mean that the first one is not drawn here. The clusters come
// in the order in which they are read.
func Next(text []rune, has func(rune) bool) (clusters []Cluster, n int) {
	if n = emoji(text, has); n > 0 {
		for _, f := range faces() {
			if f.Name == emojiFamily {
				return f.clusters(text[:n]), n
			}
		}
	}
	if len(text) == 0 || has(text[0]) || !isVisible(text[0]) {
		return nil, 0
	}
	face := faceOf(text[0])
	if face == nil {
		return nil, 0
	}
	marks := 0
	var segment []rune
	for n < min(len(text), longest) {
		r := text[n]
		joins := isJoiner(r) && n+1 < len(text) && unicode.IsLetter(text[n+1])
		if n > 0 && !joins && (has(r) || !isVisible(r) || !face.has(r) || emoji(text[n:], has) > 0 && face.Name != emojiFamily) {
			break
		}
		n++
		if !unicode.Is(unicode.M, r) {
			marks = 0
		} else if marks++; marks > maxMarks {
			continue
		}
		segment = append(segment, r)
	}
	return face.clusters(segment), n
}

// clusters shapes a text of one font. A font that cannot be read has no clusters.
func (f *Face) clusters(text []rune) []Cluster {
	loaded, err := f.load()
	if err != nil {
		return nil
	}
	loaded.lock.Lock()
	defer loaded.lock.Unlock()
	buffer := harfbuzz.NewBuffer()
	buffer.AddRunes(text, 0, len(text))
	buffer.GuessSegmentProperties()
	buffer.Shape(loaded.shape, nil)
	starts := []int{}
	for _, g := range buffer.Info {
		starts = append(starts, g.Cluster)
	}
	slices.Sort(starts)
	starts = append(slices.Compact(starts), len(text))
	out := make([]Cluster, max(len(starts)-1, 0))
	for i := range out {
		out[i] = Cluster{Face: f, Text: string(text[starts[i]:starts[i+1]])}
	}
	for i, g := range buffer.Info {
		at, _ := slices.BinarySearch(starts, g.Cluster)
		c, pos := &out[at], buffer.Pos[i]
		if g.Glyph != 0 {
			c.Parts = append(c.Parts, Part{uint16(g.Glyph), c.Advance + int(pos.XOffset), int(pos.YOffset)})
			c.Advance += int(pos.XAdvance)
		}
	}
	if buffer.Props.Direction == harfbuzz.RightToLeft {
		return letters(out)
	}
	return out
}

// letters takes ligatures and marks of right-to-left scripts apart, for those who copy or
// hear them: readers turn the characters of one glyph around. The last letter, at the left,
// has the picture.
func letters(clusters []Cluster) []Cluster {
	var out []Cluster
	for _, c := range clusters {
		text := slices.DeleteFunc([]rune(c.Text), isJoiner)
		bases, last := 0, 0
		for i, r := range text {
			if i == 0 || unicode.IsLetter(r) {
				bases, last = bases+1, i
			}
		}
		rest := c.Advance
		for i, r := range text {
			piece := Cluster{Face: c.Face, Text: string(r)}
			switch {
			case i == last:
				piece.Advance, piece.Parts = rest, c.Parts
			case i == 0 || unicode.IsLetter(r):
				piece.Advance = c.Advance / bases
				rest -= piece.Advance
			}
			out = append(out, piece)
		}
	}
	return out
}

// emoji is how many characters of text are one emoji that the caller's font does not draw,
// or that the text asks for by the selector behind it.
func emoji(text []rune, has func(rune) bool) int {
	switch {
	case len(text) == 0:
		return 0
	case text[0] < 0x80: // a key of a telephone: 1, selector, keycap
		if len(text) > 2 && text[1] == emojiStyle && text[2] == keycap {
			return 3
		}
		if len(text) > 1 && text[1] == keycap {
			return 2
		}
		return 0
	case !isPictograph(text[0]) || has(text[0]) && (len(text) == 1 || text[1] != emojiStyle) || faceOf(text[0]) == nil || faceOf(text[0]).Name != emojiFamily:
		return 0
	}
	n := 1
	if isRegion(text[0]) && len(text) > 1 && isRegion(text[1]) {
		return 2
	}
	for n < len(text) {
		r := text[n]
		switch {
		case r == emojiStyle || r >= 0x1f3fb && r <= 0x1f3ff || r >= 0xe0020 && r <= 0xe007f:
			n++
		case r == joiner && n+1 < len(text) && isPictograph(text[n+1]):
			n += 2
		default:
			return n
		}
	}
	return n
}

func isVisible(r rune) bool { return unicode.IsGraphic(r) && !unicode.IsSpace(r) }
func isJoiner(r rune) bool  { return r == joiner || r == nonJoiner }
func isRegion(r rune) bool  { return r >= 0x1f1e6 && r <= 0x1f1ff }
func isPictograph(r rune) bool {
	return r == 0xa9 || r == 0xae || r >= 0x2000 && r <= 0x3299 || r >= 0x1f000 && r <= 0x1faff
}
