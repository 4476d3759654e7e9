package pdf

import (
	"fmt"
	"hash/fnv"
	"slices"
)

// usedGlyphs are the glyphs that a document draws in a font, each with its rune.
type usedGlyphs struct {
	glyphs []bool
	runes  []uint16
}

func newUsedGlyphs(f *Font) usedGlyphs {
	return usedGlyphs{make([]bool, f.glyphCount), make([]uint16, f.glyphCount)}
}

func (u usedGlyphs) add(glyph uint16, r rune) {
	if !u.glyphs[glyph] {
		u.glyphs[glyph], u.runes[glyph] = true, uint16(r)
	}
}

// embed replaces the font object with the given number by the font, and adds what that
// needs: the subset of the used glyphs, their widths, and their characters.
func (f *Font) embed(into *objects, number int, used usedGlyphs, d *deflater) error {
	file := f.subset(used.glyphs)
	fontData, err := d.deflate(file)
	if err != nil {
		return err
	}
	characters, err := d.deflate(used.toUnicode())
	if err != nil {
		return err
	}
	name := used.tag() + "+" + f.name
	fontFile := into.add(stream(fontData, fmt.Sprintf(" /Length1 %d", len(file))))
	descriptor := into.add(fmt.Appendf(nil, "<</Type /FontDescriptor /FontName /%s /Flags 4 /FontBBox [%d %d %d %d] /ItalicAngle 0 /Ascent %d /Descent %d /CapHeight %d /StemV %d /FontFile2 %d 0 R>>",
		name, f.box[0], f.box[1], f.box[2], f.box[3], f.ascent, f.descent, f.capHeight, f.stemV, fontFile))
	descendant := into.add(fmt.Appendf(nil, "<</Type /Font /Subtype /CIDFontType2 /BaseFont /%s /CIDSystemInfo <</Registry (Adobe) /Ordering (Identity) /Supplement 0>> /FontDescriptor %d 0 R /CIDToGIDMap /Identity /DW 1000 /W [%s]>>",
		name, descriptor, f.widthRanges(used)))
	toUnicode := into.add(stream(characters, ""))
	into.replace(number, fmt.Appendf(nil, "<</Type /Font /Subtype /Type0 /BaseFont /%s /Encoding /Identity-H /DescendantFonts [%d 0 R] /ToUnicode %d 0 R>>",
		name, descendant, toUnicode))
	return nil
}

// widthRanges are the widths of the used glyphs, in ranges of neighbours: the W array.
func (f *Font) widthRanges(used usedGlyphs) []byte {
	var out []byte
	last := -2
	for glyph := range f.glyphCount {
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

// toUnicode is the CMap from glyphs to characters, for copying and searching. A minus is
// copied as the sign of a keyboard: with the typographer's an amount is no number to a
// spreadsheet.
func (u usedGlyphs) toUnicode() []byte {
	out := []byte("/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n/CIDSystemInfo <</Registry (Adobe) /Ordering (UCS) /Supplement 0>> def\n" +
		"/CMapName /Adobe-Identity-UCS def\n/CMapType 2 def\n1 begincodespacerange\n<0000> <FFFF>\nendcodespacerange\n")
	var lines []string
	for glyph, used := range u.glyphs {
		if used {
			r := u.runes[glyph]
			if r == minus {
				r = '-'
			}
			lines = append(lines, fmt.Sprintf("<%04X> <%04X>\n", glyph, r))
		}
	}
	for block := range slices.Chunk(lines, 100) { // more in one block is not allowed
		out = fmt.Appendf(out, "%d beginbfchar\n", len(block))
		for _, line := range block {
			out = append(out, line...)
		}
		out = append(out, "endbfchar\n"...)
	}
	return append(out, "endcmap\nCMapName currentdict /CMap defineresource pop\nend\nend\n"...)
}

const minus = 0x2212

// tag is six letters that name a subset: fonts of different glyphs must not share a name.
func (u usedGlyphs) tag() string {
	h := fnv.New64a()
	for glyph, used := range u.glyphs {
		if used {
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
