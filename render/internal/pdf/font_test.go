package pdf

import (
	"bytes"
	"testing"

	"github.com/go-fonts/liberation/liberationsansbold"
	"github.com/go-fonts/liberation/liberationsansregular"
	"github.com/go-pdf/fpdf"
)

func testFonts(t testing.TB) Fonts {
	t.Helper()
	f, err := LoadFonts()
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// TestWidthsAreThoseOfThePDF compares every glyph with the width that fpdf reads.
func TestWidthsAreThoseOfThePDF(t *testing.T) {
	f := testFonts(t)
	for i, font := range []*Font{f.Regular, f.Bold} {
		ttf := [][]byte{liberationsansregular.TTF, liberationsansbold.TTF}[i]
		pdf := fpdf.New("P", "pt", "A4", "")
		pdf.AddUTF8FontFromBytes("x", placeholders[i].weight, bytes.Clone(ttf))
		pdf.SetFont("x", placeholders[i].weight, 10)
		glyphs := 0
		for r := rune(1); r < 0xffff; r++ {
			if !font.Has(r) || r >= 0xd800 && r < 0xe000 {
				continue
			}
			glyphs++
			if want := pdf.GetStringSymbolWidth(string(r)); int(font.widths[r]) != want {
				t.Errorf("%U is %d wide, in fpdf %d", r, font.widths[r], want)
			}
			if !f.Regular.Has(r) || !f.Bold.Has(r) {
				t.Errorf("%U is in one of the fonts only", r)
			}
		}
		if glyphs < 2000 {
			t.Errorf("the font has %d glyphs only", glyphs)
		}
		for _, digit := range "0123456789" {
			if font.widths[digit] != font.widths['0'] {
				t.Errorf("the digit %c does not align", digit)
			}
		}
	}
}
