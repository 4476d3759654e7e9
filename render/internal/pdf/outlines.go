package pdf

import (
	"math"
	"slices"
)

// outlines are the tables of a TrueType font, and what holds for all its glyphs.
type outlines struct {
	tables                     map[string][]byte // by tag, as in the file
	longOffsets                bool              // loca holds 32-bit offsets
	glyphCount, metricCount    int               // metricCount: glyphs with a width of their own in hmtx
	box                        [4]int            // FontBBox, in thousandths of the font size, as are:
	ascent, descent, capHeight int
}

// readOutlines takes a font file apart. It panics on an offset beyond the file.
func readOutlines(ttf []byte) outlines {
	tables := map[string][]byte{}
	for i := range u16(ttf, 4) {
		record := ttf[12+16*i:]
		from, size := u32(record, 8), u32(record, 12)
		tables[string(record[:4])] = ttf[from : from+size]
	}
	head, hhea := tables["head"], tables["hhea"]
	f := outlines{tables: tables, longOffsets: u16(head, 50) == 1, glyphCount: u16(tables["maxp"], 4), metricCount: u16(hhea, 34)}
	signed := func(table []byte, at int) int { return f.thousandths(int(int16(u16(table, at)))) }
	f.box = [4]int{signed(head, 36), signed(head, 38), signed(head, 40), signed(head, 42)}
	f.ascent, f.descent = signed(hhea, 4), signed(hhea, 6)
	if f.capHeight = f.ascent * 7 / 10; len(tables["OS/2"]) >= 90 {
		f.capHeight = signed(tables["OS/2"], 88)
	}
	return f
}

// thousandths turns units of the font into thousandths of its size.
func (f *outlines) thousandths(units int) int {
	return int(math.Round(1000 * float64(units) / float64(u16(f.tables["head"], 18))))
}

// glyphData is the outline of a glyph, empty for a space.
func (f *outlines) glyphData(glyph int) []byte {
	loca, glyf := f.tables["loca"], f.tables["glyf"]
	if f.longOffsets {
		return glyf[u32(loca, 4*glyph):u32(loca, 4*glyph+4)]
	}
	return glyf[2*u16(loca, 2*glyph) : 2*u16(loca, 2*glyph+2)]
}

// metrics are the width and the left side bearing of a glyph, as in hmtx.
func (f *outlines) metrics(glyph int) []byte {
	hmtx := f.tables["hmtx"]
	if glyph < f.metricCount {
		return hmtx[4*glyph : 4*glyph+4]
	}
	bearing := 4*f.metricCount + 2*(glyph-f.metricCount)
	return append(slices.Clone(hmtx[4*f.metricCount-4:4*f.metricCount-2]), hmtx[bearing:bearing+2]...)
}
