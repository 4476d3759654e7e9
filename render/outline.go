package render

import (
	"bytes"
	"fmt"
	"unicode/utf16"
)

// bookmark adds the current place to the outline, bookmarkBelow to what is under the
// last one.
func (s *sheet) bookmark(title string) { s.outline(title, 0) }

func (s *sheet) bookmarkBelow(title string) { s.outline(title, 1) }

func (s *sheet) outline(title string, level int) {
	if title == "" || s.canvas.dry {
		return
	}
	s.canvas.paper.pdf.Bookmark(utf16BE(title), level, s.y+s.lastHeight-s.canvas.height)
}

// utf16BE is how a PDF writes texts that are not in its own alphabet.
func utf16BE(text string) string {
	out := []byte{0xfe, 0xff}
	for _, u := range utf16.Encode([]rune(text)) {
		out = append(out, byte(u>>8), byte(u))
	}
	return string(out)
}

// countOutline corrects what fpdf says of every entry: that none is below it.
func countOutline(f *frame) {
	none := []byte("\n/Count 0>>\nendobj\n")
	below := map[string]int{}
	parent := func(o []byte) string {
		_, rest, _ := bytes.Cut(o, []byte("\n/Parent "))
		number, _, _ := bytes.Cut(rest, []byte(" "))
		return string(number)
	}
	for _, o := range f.objects {
		if bytes.HasSuffix(o, none) {
			below[parent(o)]++
		}
	}
	for i, o := range f.objects {
		if n := below[fmt.Sprint(i)]; n > 0 && bytes.HasSuffix(o, none) {
			f.objects[i] = fmt.Appendf(bytes.Clone(bytes.TrimSuffix(o, none)), "\n/Count %d>>\nendobj\n", -n)
		}
	}
}
