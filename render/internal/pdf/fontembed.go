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

func newUsedGlyphs(f *typeface) usedGlyphs {
	return usedGlyphs{make([]bool, f.glyphCount), make([]uint16, f.glyphCount)}
}

func (u usedGlyphs) add(glyph uint16, r rune) {
	if !u.glyphs[glyph] {
		u.glyphs[glyph], u.runes[glyph] = true, uint16(r)
	}
}

// embed replaces the font object with the given number by the font.
func (f *typeface) embed(into *objects, number int, used usedGlyphs, c *compressor) error {
	e := embeddedFont{&f.outlines, used.tag() + "+" + f.name, f.stemV, f.subset(used.glyphs), f.widthRanges(used), used.toUnicode()}
	return e.put(into, number, c)
}

// embeddedFont is a font as a document has it.
type embeddedFont struct {
	*outlines
	name      string
	stemV     int
	file      []byte // with the glyphs that are used
	widths    []byte // of its glyphs, as in the W array
	toUnicode []byte
}

// put replaces the font object with the given number, and adds what that needs: the file,
// the widths of its glyphs, and their characters.
func (f *embeddedFont) put(into *objects, number int, c *compressor) error {
	fontData, err := c.compress(f.file)
	if err != nil {
		return err
	}
	characters, err := c.compress(f.toUnicode)
	if err != nil {
		return err
	}
	fontFile := into.add(stream(fontData, fmt.Sprintf(" /Length1 %d", len(f.file))))
	descriptor := into.add(fmt.Appendf(nil, "<</Type /FontDescriptor /FontName /%s /Flags 4 /FontBBox [%d %d %d %d] /ItalicAngle 0 /Ascent %d /Descent %d /CapHeight %d /StemV %d /FontFile2 %d 0 R>>",
		f.name, f.box[0], f.box[1], f.box[2], f.box[3], f.ascent, f.descent, f.capHeight, f.stemV, fontFile))
	descendant := into.add(fmt.Appendf(nil, "<</Type /Font /Subtype /CIDFontType2 /BaseFont /%s /CIDSystemInfo <</Registry (Adobe) /Ordering (Identity) /Supplement 0>> /FontDescriptor %d 0 R /CIDToGIDMap /Identity /DW 1000 /W [%s]>>",
		f.name, descriptor, f.widths))
	toUnicode := into.add(stream(characters, ""))
	into.replace(number, fmt.Appendf(nil, "<</Type /Font /Subtype /Type0 /BaseFont /%s /Encoding /Identity-H /DescendantFonts [%d 0 R] /ToUnicode %d 0 R>>",
		f.name, descendant, toUnicode))
	return nil
}

// widthRanges are the widths of the used glyphs, in ranges of neighbours: the W array.
func (f *typeface) widthRanges(used usedGlyphs) []byte {
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
	return characterMap(lines)
}

// characterMap is a CMap of glyphs and their characters, "<0001> <0041>".
func characterMap(lines []string) []byte {
	out := []byte("/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n/CIDSystemInfo <</Registry (Adobe) /Ordering (UCS) /Supplement 0>> def\n" +
		"/CMapName /Adobe-Identity-UCS def\n/CMapType 2 def\n1 begincodespacerange\n<0000> <FFFF>\nendcodespacerange\n")
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
	return subsetTag(h.Sum64())
}

func subsetTag(n uint64) string {
	letters := make([]byte, 6)
	for i := range letters {
		letters[i] = 'A' + byte(n%26)
		n /= 26
	}
	return string(letters)
}
