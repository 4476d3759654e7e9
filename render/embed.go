package render

import (
	"fmt"
	"hash/fnv"
)

// embed puts a font into the document in the place of the one that fpdf knows, with the
// glyphs that were drawn. fpdf itself would parse the whole font for every document.
func (f *face) embed(into *frame, place string, used glyphSet, deflate func([]byte) ([]byte, error)) error {
	number := into.find("/BaseFont /" + place + "\n")
	if number == 0 {
		return fmt.Errorf("%w: no font %s", errFrame, place)
	}
	file := f.subset(used.glyphs)
	data, err := deflate(file)
	if err != nil {
		return err
	}
	words, err := deflate(used.unicode())
	if err != nil {
		return err
	}
	name := tag(used) + "+" + f.name
	fontFile := into.add(stream(data, fmt.Sprintf(" /Length1 %d", len(file))))
	descriptor := into.add(fmt.Appendf(nil, "<</Type /FontDescriptor /FontName /%s /Flags 4 /FontBBox [%d %d %d %d] /ItalicAngle 0 /Ascent %d /Descent %d /CapHeight %d /StemV %d /FontFile2 %d 0 R>>",
		name, f.box[0], f.box[1], f.box[2], f.box[3], f.ascent, f.descent, f.capHeight, f.stem, fontFile))
	descendant := into.add(fmt.Appendf(nil, "<</Type /Font /Subtype /CIDFontType2 /BaseFont /%s /CIDSystemInfo <</Registry (Adobe) /Ordering (Identity) /Supplement 0>> /FontDescriptor %d 0 R /CIDToGIDMap /Identity /DW 1000 /W [%s]>>",
		name, descriptor, f.widthsOf(used)))
	toUnicode := into.add(stream(words, ""))
	into.replace(number, fmt.Appendf(nil, "<</Type /Font /Subtype /Type0 /BaseFont /%s /Encoding /Identity-H /DescendantFonts [%d 0 R] /ToUnicode %d 0 R>>",
		name, descendant, toUnicode))
	return nil
}

// A glyphSet are the glyphs that a document draws in a font, each with its rune.
type glyphSet struct {
	glyphs []bool
	runes  []uint16
}

func newGlyphSet(f *face) glyphSet { return glyphSet{make([]bool, f.count), make([]uint16, f.count)} }

func (g glyphSet) use(glyph uint16, r rune) {
	if !g.glyphs[glyph] {
		g.glyphs[glyph], g.runes[glyph] = true, uint16(r)
	}
}

// widthsOf are the widths of the glyphs that are used, in runs of neighbours.
func (f *face) widthsOf(used glyphSet) []byte {
	var out []byte
	last := -2
	for glyph := range f.count {
		if !used.glyphs[glyph] {
			continue
		}
		if glyph != last+1 {
			if last >= 0 {
				out = append(out, ']', ' ')
			}
			out = fmt.Appendf(out, "%d [", glyph)
		} else {
			out = append(out, ' ')
		}
		out = fmt.Append(out, f.widths[used.runes[glyph]])
		last = glyph
	}
	if last >= 0 {
		out = append(out, ']')
	}
	return out
}

// unicode is the map from glyphs to characters, for those who copy or search.
func (g glyphSet) unicode() []byte {
	out := []byte("/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n/CIDSystemInfo <</Registry (Adobe) /Ordering (UCS) /Supplement 0>> def\n" +
		"/CMapName /Adobe-Identity-UCS def\n/CMapType 2 def\n1 begincodespacerange\n<0000> <FFFF>\nendcodespacerange\n")
	var lines []string
	flush := func() {
		if len(lines) > 0 {
			out = fmt.Appendf(out, "%d beginbfchar\n", len(lines))
			for _, line := range lines {
				out = append(out, line...)
			}
			out, lines = append(out, "endbfchar\n"...), lines[:0]
		}
	}
	for glyph, used := range g.glyphs {
		if !used {
			continue
		}
		if lines = append(lines, fmt.Sprintf("<%04X> <%04X>\n", glyph, g.runes[glyph])); len(lines) == 100 {
			flush()
		}
	}
	flush()
	return append(out, "endcmap\nCMapName currentdict /CMap defineresource pop\nend\nend\n"...)
}

// tag is six letters that name a subset: fonts of different glyphs must not share a name.
func tag(used glyphSet) string {
	h := fnv.New64a()
	for glyph, u := range used.glyphs {
		if u {
			h.Write([]byte{byte(glyph >> 8), byte(glyph)})
		}
	}
	letters, n := make([]byte, 6), h.Sum64()
	for i := range letters {
		letters[i] = 'A' + byte(n%26)
		n /= 26
	}
	return string(letters)
}
