package pdf

import (
	"encoding/binary"
	"slices"
)

// subset is the font file with the outlines of the used glyphs only. Glyphs keep their
// numbers, so that texts can be written before it is known which ones a document needs.
func (f *typeface) subset(used []bool) []byte {
	keep := f.withComponents(used)
	count := len(keep)
	for count > 1 && !keep[count-1] {
		count--
	}
	var glyf []byte
	loca, hmtx := make([]byte, 0, 4*count+4), make([]byte, 4*count)
	for glyph := range count {
		loca = binary.BigEndian.AppendUint32(loca, uint32(len(glyf)))
		if keep[glyph] {
			glyf = append(glyf, f.glyphData(glyph)...)
			glyf = append(glyf, make([]byte, -len(glyf)&3)...)
			copy(hmtx[4*glyph:], f.metrics(glyph))
		}
	}
	loca = binary.BigEndian.AppendUint32(loca, uint32(len(glyf)))
	head, hhea, maxp := slices.Clone(f.tables["head"]), slices.Clone(f.tables["hhea"]), slices.Clone(f.tables["maxp"])
	binary.BigEndian.PutUint32(head[8:], 0)  // the sum of the whole file, which nobody checks in a PDF
	binary.BigEndian.PutUint16(head[50:], 1) // long offsets
	binary.BigEndian.PutUint16(hhea[34:], uint16(count))
	binary.BigEndian.PutUint16(maxp[4:], uint16(count))
	return sfnt([]fontTable{{"cvt ", f.tables["cvt "]}, {"fpgm", f.tables["fpgm"]}, {"glyf", glyf}, {"head", head},
		{"hhea", hhea}, {"hmtx", hmtx}, {"loca", loca}, {"maxp", maxp}, {"prep", f.tables["prep"]}})
}

// withComponents are the used glyphs, the components of composite ones, and glyph 0, which
// stands for all that are missing.
func (f *typeface) withComponents(used []bool) []bool {
	keep := make([]bool, f.glyphCount)
	var add func(glyph int)
	add = func(glyph int) {
		if glyph >= f.glyphCount || keep[glyph] {
			return
		}
		keep[glyph] = true
		for _, part := range components(f.glyphData(glyph)) {
			add(part)
		}
	}
	add(0)
	for glyph, u := range used {
		if u {
			add(glyph)
		}
	}
	return keep
}

// components are the glyphs that a composite glyph is made of.
func components(glyphData []byte) []int {
	var glyphs []int
	for _, at := range componentPlaces(glyphData) {
		glyphs = append(glyphs, u16(glyphData, at))
	}
	return glyphs
}

// componentPlaces are where a composite glyph has the numbers of its components.
func componentPlaces(glyphData []byte) []int {
	const words, scaled, more, scaledXY, matrix = 1, 8, 32, 64, 128 // flags of a component
	if len(glyphData) < 14 || int16(u16(glyphData, 0)) >= 0 {
		return nil
	}
	var places []int
	for at := 10; ; {
		flags := u16(glyphData, at)
		places = append(places, at+2)
		at += 6
		if flags&words != 0 {
			at += 2
		}
		switch {
		case flags&scaled != 0:
			at += 2
		case flags&scaledXY != 0:
			at += 4
		case flags&matrix != 0:
			at += 8
		}
		if flags&more == 0 {
			return places
		}
	}
}

type fontTable struct {
	tag  string
	data []byte
}

// sfnt joins tables, in order of their tags, to a font file.
func sfnt(tables []fontTable) []byte {
	n := len(tables)
	power, log := 1, 0
	for power*2 <= n {
		power, log = power*2, log+1
	}
	out := []byte{0, 1, 0, 0}
	for _, v := range [...]int{n, 16 * power, log, 16*n - 16*power} {
		out = binary.BigEndian.AppendUint16(out, uint16(v))
	}
	at := 12 + 16*n
	for _, t := range tables {
		out = append(out, t.tag...)
		for _, v := range [...]uint32{checksum(t.data), uint32(at), uint32(len(t.data))} {
			out = binary.BigEndian.AppendUint32(out, v)
		}
		at += (len(t.data) + 3) &^ 3
	}
	for _, t := range tables {
		out = append(out, t.data...)
		out = append(out, make([]byte, -len(t.data)&3)...)
	}
	return out
}

func checksum(data []byte) uint32 {
	var sum uint32
	for len(data) >= 4 {
		sum += binary.BigEndian.Uint32(data)
		data = data[4:]
	}
	var last [4]byte
	copy(last[:], data)
	return sum + binary.BigEndian.Uint32(last[:])
}
