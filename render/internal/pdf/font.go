package pdf

import (
	"encoding/binary"
	"errors"
	"fmt"
	"sync"

	"github.com/go-fonts/liberation/liberationsansbold"
	"github.com/go-fonts/liberation/liberationsansregular"
)

// Font is a font of a document. What the typeface lacks other fonts draw, see [Clusters].
type Font struct {
	*typeface
	clusters *Clusters
}

// typeface is a TrueType font: which characters it can draw, how wide they are, and the
// outlines from which it is embedded. Widths are in thousandths of the font size.
type typeface struct {
	outlines
	widths [1 << 16]uint16 // by rune
	glyphs [1 << 16]uint16 // by rune; 0 is none

	name  string
	stemV int
}

// Fonts are the two fonts of a document, and what others draw in it.
type Fonts struct {
	Regular, Bold *Font
	*Clusters
}

// LoadFonts makes the fonts of a document. They are parsed once for all documents.
func LoadFonts() (Fonts, error) {
	faces, err := loadFonts()
	if err != nil {
		return Fonts{}, err
	}
	clusters := &Clusters{}
	return Fonts{&Font{faces[0], clusters}, &Font{faces[1], clusters}, clusters}, nil
}

var loadFonts = sync.OnceValues(func() (faces [2]*typeface, err error) {
	if faces[0], err = parseFont("LiberationSans", 80, liberationsansregular.TTF); err != nil {
		return faces, err
	}
	faces[1], err = parseFont("LiberationSans-Bold", 140, liberationsansbold.TTF)
	return faces, err
})

// Has tells whether the font itself can draw r.
func (f *typeface) Has(r rune) bool { return r >= 0 && r <= 0xffff && f.glyphs[r] != 0 }

// Width is the width of s in thousandths of the font size. The font has all of s.
func (f *Font) Width(s string) int {
	w := 0
	for _, r := range s {
		w += f.width(r)
	}
	return w
}

func (f *Font) width(r rune) int {
	if r >= firstCluster {
		return f.clusters.width(r)
	}
	return int(f.widths[uint16(r)])
}

// Points is the width of s at a font size, both in points.
func (f *Font) Points(s string, size float64) float64 { return float64(f.Width(s)) * size / 1000 }

var errFont = errors.New("font: not the TrueType that is expected")

// parseFont reads a TrueType font with a Unicode cmap of format 4.
func parseFont(name string, stemV int, ttf []byte) (f *typeface, err error) {
	defer func() {
		if r := recover(); r != nil { // an offset beyond the file
			f, err = nil, fmt.Errorf("%w: %v", errFont, r)
		}
	}()
	f = &typeface{outlines: readOutlines(ttf), name: name, stemV: stemV}
	for r, glyph := range parseCmap(f.tables["cmap"]) {
		if glyph == 0 || glyph >= f.glyphCount {
			continue
		}
		f.glyphs[r] = uint16(glyph)
		f.widths[r] = uint16(f.thousandths(u16(f.tables["hmtx"], 4*min(glyph, f.metricCount-1))))
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
