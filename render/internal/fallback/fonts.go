// Package fallback draws what the fonts of a document lack: the scripts of Europe and Asia,
// symbols, emoji in one colour. It turns such text into glyphs and their places. It refuses
// what no font here has, which is the caller's to replace.
//
// The fonts are cut from Noto (SIL Open Font License), WenQuanYi Micro Hei and Droid Sans
// Fallback (Apache License 2.0): regular weight, without hints, the licences beside them.
package fallback

import (
	"archive/zip"
	"bytes"
	_ "embed"
	"fmt"
	"io"
	"sync"

	"github.com/go-text/typesetting/font"
	"github.com/go-text/typesetting/harfbuzz"
)

//go:embed fonts.zip
var archive string

// Face is a font. It is unpacked and read when the first character of its script is met.
type Face struct {
	Name   string
	ranges []span
	load   func() (*loadedFace, error)
}

type loadedFace struct {
	file []byte
	face *font.Face

	lock  sync.Mutex // of what follows, which shaping changes
	shape *harfbuzz.Font
}

// File is the TrueType file.
func (f *Face) File() ([]byte, error) {
	loaded, err := f.load()
	if err != nil {
		return nil, err
	}
	return loaded.file, nil
}

// has tells whether the font has a glyph for r. A font that cannot be read has none.
func (f *Face) has(r rune) bool {
	for _, s := range f.ranges {
		if r >= s.first && r <= s.last || isJoiner(r) {
			if loaded, err := f.load(); err == nil {
				_, ok := loaded.glyph(r)
				return ok
			}
		}
	}
	return false
}

func (l *loadedFace) glyph(r rune) (font.GID, bool) {
	l.lock.Lock()
	defer l.lock.Unlock()
	return l.face.NominalGlyph(r)
}

func newFace(name string, ranges []span) *Face {
	return &Face{Name: name, ranges: ranges, load: sync.OnceValues(func() (*loadedFace, error) {
		file, err := unpack(name + ".ttf")
		if err != nil {
			return nil, fmt.Errorf("font %s: %w", name, err)
		}
		face, err := font.ParseTTF(bytes.NewReader(file))
		if err != nil {
			return nil, fmt.Errorf("font %s: %w", name, err)
		}
		return &loadedFace{file: file, face: face, shape: harfbuzz.NewFont(face)}, nil
	})}
}

// unpack is a file of the archive.
func unpack(name string) (_ []byte, err error) {
	files, err := zip.NewReader(stringReader(archive), int64(len(archive)))
	if err != nil {
		return nil, err
	}
	file, err := files.Open(name)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	return io.ReadAll(file)
}

// stringReader reads from a string without a copy of it.
type stringReader string

func (s stringReader) ReadAt(p []byte, at int64) (int, error) {
	if at < 0 || at >= int64(len(s)) {
		return 0, io.EOF
	}
	n := copy(p, s[at:])
	if n < len(p) {
		return n, io.EOF
	}
	return n, nil
}

// UnitsPerEm is how many units of the font its size is. It was loaded.
func (f *Face) UnitsPerEm() int {
	loaded, err := f.load()
	if err != nil {
		return 1000
	}
	return int(loaded.face.Upem())
}
