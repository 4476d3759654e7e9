package render

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"sync"

	"github.com/go-fonts/liberation/liberationsansbold"
	"github.com/go-fonts/liberation/liberationsansregular"
)

// face is a font: which runes it can draw and how wide they are, in thousandths of the
// font size, and what is needed to embed it.
type face struct {
	widths [1 << 16]uint16 // by rune
	glyphs [1 << 16]uint16 // by rune; 0 is none

	name                             string
	tables                           map[string][]byte
	longOffsets                      bool
	count, wide                      int // glyphs, and those with a width of their own
	box                              [4]int
	ascent, descent, capHeight, stem int
}

type faces struct{ regular, bold *face }

var loadFaces = sync.OnceValues(func() (faces, error) {
	regular, err := parseFace("LiberationSans", liberationsansregular.TTF)
	if err != nil {
		return faces{}, err
	}
	regular.stem = 80
	bold, err := parseFace("LiberationSans-Bold", liberationsansbold.TTF)
	if err != nil {
		return faces{}, err
	}
	bold.stem = 140
	return faces{regular, bold}, nil
})

// width is the width of clean text in thousandths of the font size.
func (f *face) width(s string) int {
	w := 0
	for _, r := range s {
		w += int(f.widths[uint16(r)])
	}
	return w
}

// points is the width of clean text at a font size in points.
func (f *face) points(s string, size float64) float64 { return float64(f.width(s)) * size / 1000 }

var errFont = errors.New("font: not the TrueType that is expected")

// parseFace reads a TrueType font with a Unicode cmap of format 4.
func parseFace(name string, ttf []byte) (f *face, err error) {
	defer func() {
		if r := recover(); r != nil {
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
	f = &face{name: name, tables: tables, longOffsets: u16(head, 50) == 1, count: u16(tables["maxp"], 4), wide: u16(hhea, 34)}
	f.box = [4]int{signed(head, 36), signed(head, 38), signed(head, 40), signed(head, 42)}
	f.ascent, f.descent, f.capHeight = signed(hhea, 4), signed(hhea, 6), signed(tables["OS/2"], 88)
	for r, glyph := range cmap4(tables["cmap"]) {
		if glyph == 0 || glyph >= f.count {
			continue
		}
		f.glyphs[r] = uint16(glyph)
		f.widths[r] = uint16(thousandths(u16(hmtx, 4*min(glyph, f.wide-1))))
	}
	if f.glyphs['?'] == 0 || f.glyphs['0'] == 0 {
		return nil, errFont
	}
	return f, nil
}

// cmap4 maps runes to glyphs.
func cmap4(cmap []byte) map[int]int {
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
