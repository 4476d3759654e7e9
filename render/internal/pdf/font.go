package pdf

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"sync"

	"github.com/go-fonts/liberation/liberationsansbold"
	"github.com/go-fonts/liberation/liberationsansregular"
)

// Font is a TrueType font: which characters it can draw, how wide they are, and the tables
// from which it is embedded. Widths are in thousandths of the font size.
type Font struct {
	widths [1 << 16]uint16 // by rune
	glyphs [1 << 16]uint16 // by rune; 0 is none

	name                    string
	tables                  map[string][]byte // by tag, as in the file
	longOffsets             bool              // loca holds 32-bit offsets
	glyphCount, metricCount int               // metricCount: glyphs with a width of their own in hmtx
	box                     [4]int            // FontBBox
	ascent, descent         int
	capHeight, stemV        int
}

// Fonts are the two fonts of a document.
type Fonts struct{ Regular, Bold *Font }

// LoadFonts parses the fonts, once for all documents.
func LoadFonts() (Fonts, error) { return loadFonts() }

var loadFonts = sync.OnceValues(func() (Fonts, error) {
	regular, err := parseFont("LiberationSans", 80, liberationsansregular.TTF)
	if err != nil {
		return Fonts{}, err
	}
	bold, err := parseFont("LiberationSans-Bold", 140, liberationsansbold.TTF)
	if err != nil {
		return Fonts{}, err
	}
	return Fonts{regular, bold}, nil
})

// Has tells whether the font can draw r.
func (f *Font) Has(r rune) bool { return r >= 0 && r <= 0xffff && f.glyphs[r] != 0 }

// Width is the width of s in thousandths of the font size. The font has all of s.
func (f *Font) Width(s string) int {
	w := 0
	for _, r := range s {
		w += int(f.widths[uint16(r)])
	}
	return w
}

// Points is the width of s at a font size, both in points.
func (f *Font) Points(s string, size float64) float64 { return float64(f.Width(s)) * size / 1000 }

var errFont = errors.New("font: not the TrueType that is expected")

// parseFont reads a TrueType font with a Unicode cmap of format 4.
func parseFont(name string, stemV int, ttf []byte) (f *Font, err error) {
	defer func() {
		if r := recover(); r != nil { // an offset beyond the file
			f, err = nil, fmt.Errorf("%w: %v", errFont, r)
		}
	}()
	tables := map[string][]byte{}
	for i := range u16(ttf, 4) {
		record := ttf[12+16*i:]
		from, size := u32(record, 8), u32(record, 12)
		tables[string(record[:4])] = ttf[from : from+size]
	}
	head, hhea, hmtx := tables["head"], tables["hhea"], tables["hmtx"]
	thousandths := func(units int) int { return int(math.Round(1000 * float64(units) / float64(u16(head, 18)))) }
	signed := func(table []byte, at int) int { return thousandths(int(int16(u16(table, at)))) }
	f = &Font{name: name, stemV: stemV, tables: tables, longOffsets: u16(head, 50) == 1, glyphCount: u16(tables["maxp"], 4), metricCount: u16(hhea, 34)}
	f.box = [4]int{signed(head, 36), signed(head, 38), signed(head, 40), signed(head, 42)}
	f.ascent, f.descent, f.capHeight = signed(hhea, 4), signed(hhea, 6), signed(tables["OS/2"], 88)
	for r, glyph := range parseCmap(tables["cmap"]) {
		if glyph == 0 || glyph >= f.glyphCount {
			continue
		}
		f.glyphs[r] = uint16(glyph)
		f.widths[r] = uint16(thousandths(u16(hmtx, 4*min(glyph, f.metricCount-1))))
	}
	if !f.Has('?') || !f.Has('0') {
		return nil, errFont
	}
	return f, nil
}

// parseCmap maps runes to glyphs.
func parseCmap(cmap []byte) map[int]int {
	glyphs := map[int]int{}
	sub := unicodeSubtable(cmap)
	if sub == nil {
		return glyphs
	}
	segments := u16(sub, 6) / 2
	ends, starts := sub[14:], sub[16+2*segments:]
	deltas, offsets := sub[16+4*segments:], sub[16+6*segments:]
	for i := range segments {
		for r := u16(starts, 2*i); r <= u16(ends, 2*i) && r < 0xffff; r++ {
			glyph := r
			if offset := u16(offsets, 2*i); offset != 0 {
				if glyph = u16(offsets, 2*i+offset+2*(r-u16(starts, 2*i))); glyph == 0 {
					continue
				}
			}
			glyphs[r] = (glyph + u16(deltas, 2*i)) & 0xffff
		}
	}
	return glyphs
}

// unicodeSubtable is the Unicode subtable of format 4 of a cmap, nil for none.
func unicodeSubtable(cmap []byte) []byte {
	for i := range u16(cmap, 2) {
		record := cmap[4+8*i:]
		platform, encoding := u16(record, 0), u16(record, 2)
		sub := cmap[u32(record, 4):]
		if (platform == 0 || platform == 3 && encoding == 1) && u16(sub, 0) == 4 {
			return sub
		}
	}
	return nil
}

func u16(b []byte, at int) int { return int(binary.BigEndian.Uint16(b[at:])) }
func u32(b []byte, at int) int { return int(binary.BigEndian.Uint32(b[at:])) }
