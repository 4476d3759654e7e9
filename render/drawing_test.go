package render

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"image"
	"image/png"
	"slices"
	"strings"
	"testing"

	"rapport/internal/content"
)

// picture is a page as it is seen, in shades of grey.
func picture(t *testing.T, pdf []byte, page int, dpi int) image.Image {
	t.Helper()
	number := fmt.Sprint(page)
	img, err := png.Decode(bytes.NewReader(program(t, pdf, "pdftoppm", "-png", "-gray", "-r", fmt.Sprint(dpi), "-f", number, "-l", number, "PDF")))
	if err != nil {
		t.Fatal(err)
	}
	return img
}

// dots is the room of a text in a picture, as text: dark dots and light ones.
func dots(img image.Image, m drawnItem, dpi int) string {
	pixels := func(points float64) int { return int(points * float64(dpi) / 72) }
	var out []byte
	for y := pixels(m.y - m.size); y < pixels(m.y+m.size*0.3); y++ {
		for x := pixels(m.x) - 1; x < pixels(m.x+m.width)+2; x++ {
			if v, _, _, _ := img.At(x, y).RGBA(); v < 0xb000 {
				out = append(out, '#')
			} else {
				out = append(out, ' ')
			}
		}
		out = append(out, '\n')
	}
	return string(out)
}

// TestEveryCharacterIsDrawn looks at pictures of all characters of the samples: one whose
// glyph is missing in the font is empty or a box, and the text of the page does not tell.
func TestEveryCharacterIsDrawn(t *testing.T) {
	seen := map[rune]bool{}
	for name, s := range samples(t) {
		if strings.HasSuffix(name, ".many") {
			continue
		}
		render(t, s, func(m drawnItem) {
			for _, r := range m.text {
				seen[r] = true
			}
		})
	}
	d := Document{Printer: printer(t, "no")}
	for r := range seen {
		if !strings.ContainsRune(" \u00a0\u202f\u0300\u0301\u200d", r) {
			d.Facts = append(d.Facts, content.Fact{Label: string(r), Value: string(r)})
		}
	}
	slices.SortFunc(d.Facts, func(a, b content.Fact) int { return strings.Compare(a.Label, b.Label) })
	if len(d.Facts) < 90 {
		t.Fatalf("the samples have %d characters only", len(d.Facts))
	}
	var marks []drawnItem
	pdf := render(t, sample{document: d}, func(m drawnItem) {
		if len([]rune(m.text)) == 1 {
			marks = append(marks, m)
		}
	})
	pictures, drawings := map[int]image.Image{}, map[string]string{}
	for _, m := range marks {
		if pictures[m.page] == nil {
			pictures[m.page] = picture(t, pdf, m.page, 150)
		}
		drawing := dots(pictures[m.page], m, 150)
		if !strings.Contains(drawing, "#") {
			t.Errorf("%q is drawn as nothing", m.text)
		}
		if strings.Contains("0123456789ÆØÅæøå−€…", m.text) {
			key := fmt.Sprint(m.size, strings.Trim(drawing, " \n"))
			if other := drawings[key]; other != "" && other != m.text {
				t.Errorf("%q is drawn as %q is:\n%s", m.text, other, drawing)
			}
			drawings[key] = m.text
		}
	}
	if len(marks) < 2*len(d.Facts) {
		t.Errorf("%d of %d characters are drawn", len(marks), 2*len(d.Facts))
	}
}

// A word is what pdftotext finds on a page, and where.
type word struct {
	XMin float64 `xml:"xMin,attr"`
	XMax float64 `xml:"xMax,attr"`
	YMin float64 `xml:"yMin,attr"`
	YMax float64 `xml:"yMax,attr"`
	Text string  `xml:",chardata"`
}

// TestWordsAreWhereTheyWereMeant reads each document with another program: every word is
// there, within its page and its column, and over no other.
func TestWordsAreWhereTheyWereMeant(t *testing.T) {
	for name, s := range samples(t) {
		if strings.HasSuffix(name, ".many") || strings.HasSuffix(name, ".hostile") {
			continue // the first have the pages of the others, the second letters that are put in order
		}
		t.Run(name, func(t *testing.T) {
			meant := map[int][]drawnItem{}
			pdf := render(t, s, func(m drawnItem) {
				if m.shape == "" {
					meant[m.page] = append(meant[m.page], m)
				}
			})
			var pages struct {
				Pages []struct {
					Width  float64 `xml:"width,attr"`
					Height float64 `xml:"height,attr"`
					Words  []word  `xml:"word"`
				} `xml:"body>doc>page"`
			}
			if err := xml.Unmarshal(program(t, pdf, "pdftotext", "-bbox", "PDF", "-"), &pages); err != nil {
				t.Fatal(err)
			}
			if len(pages.Pages) != len(meant) {
				t.Fatalf("%d pages, not %d", len(pages.Pages), len(meant))
			}
			for i, p := range pages.Pages {
				for k, w := range p.Words {
					if w.XMin < margin-1 || w.XMax > p.Width-margin+1 || w.YMin < margin/2 || w.YMax > p.Height-margin/4 {
						t.Errorf("page %d: %q leaves the page", i+1, w.Text)
					}
					if !slices.ContainsFunc(meant[i+1], func(m drawnItem) bool { return holds(m, w) }) {
						t.Errorf("page %d: %q at %.1f, %.1f was not meant to be there", i+1, w.Text, w.XMin, w.YMax)
					}
					for _, o := range p.Words[k+1:] {
						if w.XMax > o.XMin+0.1 && o.XMax > w.XMin+0.1 && min(w.YMax, o.YMax)-max(w.YMin, o.YMin) > 0.35*(w.YMax-w.YMin) {
							t.Errorf("page %d: %q and %q overlap", i+1, w.Text, o.Text)
						}
					}
				}
				if got, want := countWords(p.Words), len(strings.Fields(strings.Join(textsOf(meant[i+1]), " "))); got != want {
					t.Errorf("page %d has %d words, not %d", i+1, got, want)
				}
			}
		})
	}
}

func holds(m drawnItem, w word) bool {
	copied := strings.NewReplacer("\u00a0", " ", "\u2212", "-") // a minus is copied as what a spreadsheet takes for one
	return strings.Contains(copied.Replace(m.text), strings.ReplaceAll(w.Text, "\u00a0", " ")) &&
		w.XMin > m.cellX-0.3 && w.XMax < m.cellX+m.cellWidth+0.3 && w.YMin < m.y && w.YMax > m.y
}

func countWords(words []word) int {
	n := 0
	for _, w := range words {
		n += len(strings.Fields(w.Text))
	}
	return n
}

func textsOf(marks []drawnItem) []string {
	var out []string
	for _, m := range marks {
		out = append(out, m.text)
	}
	return out
}

func TestPageNumbersAreDrawn(t *testing.T) {
	s := transactions(t, "no", 400, "NOK")
	var numbers []drawnItem
	pdf := render(t, s, func(m drawnItem) {
		if strings.HasPrefix(m.text, "Side ") {
			numbers = append(numbers, m)
		}
	})
	seen := map[string]bool{}
	for i, m := range numbers[:3] {
		if want := fmt.Sprintf("Side %d av %d", i+1, len(numbers)); m.text != want || m.page != i+1 {
			t.Errorf("page %d says %q, not %q", m.page, m.text, want)
		}
		m.x, m.width = m.x+18, 9 // the page's own number
		out := dots(picture(t, pdf, m.page, 120), m, 120)
		if seen[out] {
			t.Errorf("page %d is numbered as another", m.page)
		}
		seen[out] = true
	}
}
