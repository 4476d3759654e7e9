package pdf

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/unicode/bidi"

	"rapport/render/internal/fallback"
)

// firstCluster is where the planes for private use begin. What they hold in a text of ours
// stands for a cluster; what they held in a text of others was cleaned away.
const firstCluster = 0xf0000

// Clusters are what a document draws in fonts besides its own two. Each is a character of a
// text, one that nobody else uses, so that texts can be measured, broken and shortened as
// any others.
type Clusters struct {
	list        []cluster
	numbers     map[string]rune
	faces       []*fallback.Face
	perFace     []int // how many clusters
	rightToLeft bool  // there are some that are written from right to left
}

type cluster struct {
	fallback.Cluster
	face   int // in faces
	number int // in the font that is embedded: the glyph
	width  int // in thousandths of the font size
}

// Clusters are text as far as other fonts draw it, and how many of its characters that is.
func (f *Font) Clusters(text []rune) (drawable []rune, n int) {
	found, n := fallback.Next(text, f.Has)
	for _, v := range found {
		r := f.clusters.add(v)
		if r == 0 {
			return nil, 0
		}
		drawable = append(drawable, r)
	}
	return drawable, n
}

// add is the character that stands for a cluster; 0 where there are no more.
func (c *Clusters) add(v fallback.Cluster) rune {
	key := fmt.Sprint(v.Face.Name, v.Advance, v.Parts, v.Text)
	if r, ok := c.numbers[key]; ok {
		return r
	}
	r := firstCluster + rune(len(c.list))
	face := c.face(v.Face)
	const most = 1 << 14 // of one font: with the parts of clusters its glyphs stay below 2^16
	if !utf8.ValidRune(r) || c.perFace[face] == most {
		return 0
	}
	c.perFace[face]++
	width := v.Advance * 1000 / v.Face.UnitsPerEm()
	c.list = append(c.list, cluster{v, face, c.perFace[face], width})
	if c.numbers == nil {
		c.numbers = map[string]rune{}
	}
	c.numbers[key] = r
	c.rightToLeft = c.rightToLeft || startsRightToLeft(v.Text)
	return r
}

func (c *Clusters) face(face *fallback.Face) int {
	for i, f := range c.faces {
		if f == face {
			return i
		}
	}
	c.faces, c.perFace = append(c.faces, face), append(c.perFace, 0)
	return len(c.faces) - 1
}

func (c *Clusters) width(r rune) int { return c.list[r-firstCluster].width }

// Source is a drawable text as it was, for what is told and not drawn.
func (c *Clusters) Source(drawable string) string {
	if !strings.ContainsFunc(drawable, isCluster) {
		return drawable
	}
	var b strings.Builder
	for _, r := range drawable {
		if isCluster(r) {
			b.WriteString(c.list[r-firstCluster].Text)
		} else {
			b.WriteRune(r)
		}
	}
	return b.String()
}

// firsts is a text with the first character of each cluster in its place.
func (c *Clusters) firsts(drawable []rune) string {
	var b strings.Builder
	for _, r := range drawable {
		if isCluster(r) {
			r, _ = utf8.DecodeRuneInString(c.list[r-firstCluster].Text)
			if p, _ := bidi.LookupRune(r); p.Class() == bidi.B {
				r = ' '
			}
		}
		b.WriteRune(r)
	}
	return b.String()
}

func isCluster(r rune) bool { return r >= firstCluster }
