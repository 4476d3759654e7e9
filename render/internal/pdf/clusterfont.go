package pdf

import (
	"encoding/binary"
	"fmt"
	"hash/fnv"
	"slices"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"rapport/render/internal/fallback"
)

// clusterFont is a font besides the two of a document, with a glyph for each cluster, also
// for those of several: what is copied from a page is then the whole cluster.
type clusterFont struct {
	resource string
	used     []bool // by cluster: its glyph less one
}

// clusterRun draws the clusters that text starts with, and returns how many bytes they are.
// It interrupts a string that is drawn in the given font.
func (p *Page) clusterRun(font *documentFont, text []byte) int {
	w, end, current := p.writer, 0, -1
	p.op(")Tj\n")
	if p.font.Bold { // these fonts have one weight
		p.op("2 Tr ")
		p.numbers(p.font.Size * 0.03)
		p.op("w ")
		p.rgb(p.color)
		p.op(" RG\n")
	}
	for end < len(text) {
		r, size := utf8.DecodeRune(text[end:])
		if !isCluster(r) {
			break
		}
		v := &w.clusters.list[r-firstCluster]
		if v.face != current {
			if current >= 0 {
				p.op(")Tj\n")
			}
			current = v.face
			p.op(w.clusterFont(current).resource, " ")
			p.numbers(p.font.Size)
			p.op("Tf(")
		}
		w.clusterFont(current).use(v.number)
		p.buf = appendEscaped(appendEscaped(p.buf, byte(v.number>>8)), byte(v.number))
		end += size
	}
	p.op(")Tj\n")
	if p.font.Bold {
		p.op("0 Tr\n")
	}
	p.op(font.resource, " ")
	p.numbers(p.font.Size)
	p.op("Tf(")
	return end
}

func (w *Writer) clusterFont(face int) *clusterFont {
	for len(w.faces) <= face {
		w.faces = append(w.faces, &clusterFont{resource: fmt.Sprintf("/C%d", len(w.faces)+1)})
	}
	return w.faces[face]
}

func (f *clusterFont) use(number int) {
	f.used = append(f.used, make([]bool, max(number-len(f.used), 0))...)
	f.used[number-1] = true
}

// putClusters adds the fonts of the clusters that were drawn.
func (w *Writer) putClusters(o *objects) error {
	for i, face := range w.faces {
		if len(face.used) == 0 {
			continue
		}
		number := o.add(nil)
		if !o.insert(2, "/Font <<\n", fmt.Sprintf("%s %d 0 R\n", face.resource, number)) {
			return fmt.Errorf("%w: no fonts among the resources", errObjects)
		}
		font, err := w.clusters.embeddable(i, face.used)
		if err != nil {
			return err
		}
		if err := font.put(o, number, w.compressor); err != nil {
			return err
		}
	}
	return nil
}

// embeddable is the font with the clusters that are used: a glyph for each, and behind all
// clusters the glyphs that they are made of.
func (c *Clusters) embeddable(face int, used []bool) (*embeddedFont, error) {
	file, err := c.faces[face].File()
	if err != nil {
		return nil, err
	}
	source := readOutlines(file)
	b := glyphBuilder{source: &source, glyphs: make([][]byte, len(used)+1), bearings: make([]int, len(used)+1), numbers: map[int]int{}}
	var lines []string
	widths, hash := []byte(nil), fnv.New64a()
	advances := make([]int, len(used)+1)
	for _, v := range c.list {
		if v.face != face || v.number > len(used) || !used[v.number-1] {
			continue
		}
		b.put(v.number, v.Parts)
		advances[v.number] = v.Advance
		lines = append(lines, fmt.Sprintf("<%04X> <%s>\n", v.number, hexUTF16(v.Text)))
		widths = fmt.Appendf(widths, "%d [%d] ", v.number, v.width)
		fmt.Fprint(hash, v.number, v.Text, v.Parts)
	}
	return &embeddedFont{&source, subsetTag(hash.Sum64()) + "+" + c.faces[face].Name, 80, b.file(advances), widths, characterMap(lines)}, nil
}

func hexUTF16(text string) string {
	var b strings.Builder
	for _, u := range utf16.Encode([]rune(text)) {
		fmt.Fprintf(&b, "%04X", u)
	}
	return b.String()
}

// glyphBuilder makes a font of glyphs of another and of such that are made of several.
type glyphBuilder struct {
	source   *outlines
	glyphs   [][]byte
	bearings []int
	numbers  map[int]int // of glyphs of the source
}

// put makes the glyph of a cluster.
func (b *glyphBuilder) put(number int, parts []fallback.Part) {
	visible := slices.DeleteFunc(slices.Clone(parts), func(p fallback.Part) bool { return len(b.source.glyphData(int(p.Glyph))) == 0 })
	if len(visible) == 0 {
		return
	}
	const words, places, more = 1, 2, 32 // flags: of a component
	data := []byte{0xff, 0xff, 0, 0, 0, 0, 0, 0, 0, 0}
	var box [4]int
	for i, p := range visible {
		flags := words | places
		if i < len(visible)-1 {
			flags |= more
		}
		outline := b.source.glyphData(int(p.Glyph))
		for side := range box {
			edge := int(int16(u16(outline, 2+2*side)))
			if edge += [...]int{p.X, p.Y}[side%2]; i == 0 || (edge < box[side]) == (side < 2) {
				box[side] = edge
			}
		}
		for _, v := range [...]int{flags, b.number(int(p.Glyph)), p.X, p.Y} {
			data = binary.BigEndian.AppendUint16(data, uint16(v))
		}
	}
	for side, edge := range box {
		binary.BigEndian.PutUint16(data[2+2*side:], uint16(edge))
	}
	b.glyphs[number], b.bearings[number] = data, box[0]
}

// number is the number of a glyph of the source in the font that is made.
func (b *glyphBuilder) number(glyph int) int {
	if n, ok := b.numbers[glyph]; ok {
		return n
	}
	n := len(b.glyphs)
	b.numbers[glyph] = n
	outline := slices.Clone(b.source.glyphData(glyph))
	b.glyphs, b.bearings = append(b.glyphs, nil), append(b.bearings, int(int16(u16(append(slices.Clone(outline), make([]byte, 10)...), 2))))
	for _, at := range componentPlaces(outline) {
		binary.BigEndian.PutUint16(outline[at:], uint16(b.number(u16(outline, at))))
	}
	b.glyphs[n] = outline
	return n
}

// file is the font file. The advances are those of the clusters.
func (b *glyphBuilder) file(advances []int) []byte {
	var glyf, loca, hmtx []byte
	for i, data := range b.glyphs {
		loca = binary.BigEndian.AppendUint32(loca, uint32(len(glyf)))
		glyf = append(append(glyf, data...), make([]byte, -len(data)&3)...)
		advance := 0
		if i < len(advances) {
			advance = advances[i]
		}
		hmtx = binary.BigEndian.AppendUint16(binary.BigEndian.AppendUint16(hmtx, uint16(max(advance, 0))), uint16(b.bearings[i]))
	}
	loca = binary.BigEndian.AppendUint32(loca, uint32(len(glyf)))
	head, hhea, maxp := slices.Clone(b.source.tables["head"]), slices.Clone(b.source.tables["hhea"]), slices.Clone(b.source.tables["maxp"])
	count := uint16(len(b.glyphs))
	binary.BigEndian.PutUint32(head[8:], 0)
	binary.BigEndian.PutUint16(head[50:], 1) // long offsets
	binary.BigEndian.PutUint16(hhea[34:], count)
	binary.BigEndian.PutUint16(maxp[4:], count)
	for at, least := range map[int]uint16{10: 0x4000, 12: 0x800, 28: 64, 30: 4} { // points, contours, parts and depth of what is made of several
		binary.BigEndian.PutUint16(maxp[at:], max(least, binary.BigEndian.Uint16(maxp[at:])))
	}
	return sfnt([]fontTable{{"glyf", glyf}, {"head", head}, {"hhea", hhea}, {"hmtx", hmtx}, {"loca", loca}, {"maxp", maxp}})
}
