package render

import (
	"bytes"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/go-fonts/liberation/liberationsansbold"
	"github.com/go-fonts/liberation/liberationsansregular"
	"github.com/go-pdf/fpdf"
	"github.com/google/go-cmp/cmp"
)

func testFaces(t testing.TB) faces {
	t.Helper()
	f, err := loadFaces()
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// TestWidthsAreThoseOfThePDF compares every glyph with the width that fpdf writes.
func TestWidthsAreThoseOfThePDF(t *testing.T) {
	f := testFaces(t)
	for i, face := range []*face{f.regular, f.bold} {
		ttf := [][]byte{liberationsansregular.TTF, liberationsansbold.TTF}[i]
		pdf := fpdf.New("P", "pt", "A4", "")
		pdf.AddUTF8FontFromBytes("x", weights[i], bytes.Clone(ttf))
		pdf.SetFont("x", weights[i], 10)
		glyphs := 0
		for r := rune(1); r < 0xffff; r++ {
			if face.glyphs[r] == 0 || r >= 0xd800 && r < 0xe000 {
				continue
			}
			glyphs++
			if want := pdf.GetStringSymbolWidth(string(r)); int(face.widths[r]) != want {
				t.Errorf("%U is %d wide, in fpdf %d", r, face.widths[r], want)
			}
			if f.regular.glyphs[r] == 0 || f.bold.glyphs[r] == 0 {
				t.Errorf("%U is in one of the fonts only", r)
			}
		}
		if glyphs < 2000 {
			t.Errorf("the font has %d glyphs only", glyphs)
		}
		for _, digit := range "0123456789" {
			if face.widths[digit] != face.widths['0'] {
				t.Errorf("the digit %c does not align", digit)
			}
		}
	}
}

func TestCleanTextsCanBeDrawn(t *testing.T) {
	for in, want := range map[string]string{
		"Åse Ødegård":           "Åse Ødegård",
		"A\u030ase":             "Åse",
		"a\tb\r\nc\u2028d":      "a b  c d",
		"\x00\x1b[31m":          "??[31m",
		"👩\u200d👧":              "??",
		"\u202egnp\u202c.exe":   "gnp.exe",
		"soft\u00adhyphen":      "softhyphen",
		"bad\xffbyte":           "bad?byte",
		"−1\u00a0234,50\u202f€": "−1\u00a0234,50\u202f€",
	} {
		c := cleaner{face: testFaces(t).regular}
		got := c.clean(in)
		if got != want {
			t.Errorf("%q is drawn as %q, not %q", in, got, want)
		}
	}
}

func TestRightToLeftIsDrawnInItsOrder(t *testing.T) {
	for in, want := range map[string]string{
		"עברית":                "תירבע",
		"Oslo עברית 42 שלום x": "Oslo םולש 42 תירבע x",
		"עברית Oslo שלום":      "םולש Oslo תירבע",
		"(עברית)":              "(תירבע)",
	} {
		if got := visual(in); got != want || !hasBackward([]byte(in)) {
			t.Errorf("%q is drawn as %q, not %q", in, got, want)
		}
	}
	if hasBackward([]byte("Ærlig «fisk» −12 łódź Ж €")) {
		t.Error("a text of left-to-right letters is taken for one of the others")
	}
}

// A long name keeps its beginning, which is at the right in these scripts.
func TestALongHebrewNameKeepsItsBeginning(t *testing.T) {
	f := testFaces(t).regular
	name := "שלום עולם זה שם ארוך מאוד של חנות"
	short := f.fit(name, f.width(name)/2)
	if !strings.HasPrefix(name, strings.TrimSuffix(short, ellipsis)) || !strings.HasPrefix(visual(short), ellipsis) {
		t.Errorf("got %q, drawn as %q", short, visual(short))
	}
}

func TestMarksOnALetterAreBounded(t *testing.T) {
	c := cleaner{face: testFaces(t).regular}
	if got := c.clean("Z" + strings.Repeat("\u0301", 500) + "a"); utf8.RuneCountInString(got) > 4 {
		t.Errorf("%q has too many marks", got)
	}
}

func TestLongTextsEndInAnEllipsis(t *testing.T) {
	face := testFaces(t).regular
	for _, s := range []string{strings.Repeat("W", 300), strings.Repeat("i ", 300), "Ærlig talt", "x"} {
		for width := 0; width < 20_000; width += 97 {
			got := face.fit(s, width)
			if face.width(got) > width || got != s && got != "" && !strings.HasSuffix(got, ellipsis) {
				t.Fatalf("%.20q in %d is %q", s, width, got)
			}
		}
	}
}

func TestParagraphsBreakAtSpaces(t *testing.T) {
	face := testFaces(t).regular
	got := face.wrap("en to tre fire fem", face.width("en to tre"), 9)
	if diff := cmp.Diff([]string{"en to tre", "fire fem"}, got); diff != "" {
		t.Error(diff)
	}
	got = face.wrap("en to tre fire fem seks", face.width("en to tre"), 2)
	if diff := cmp.Diff([]string{"en to tre", "fire fe…"}, got); diff != "" {
		t.Error(diff)
	}
	got = face.wrap(strings.Repeat("W", 10), face.width("WWW"), 9)
	if diff := cmp.Diff([]string{"WWW", "WWW", "WWW", "W"}, got); diff != "" {
		t.Error(diff)
	}
	if got := face.wrap("WW", 0, 9); len(got) != 2 {
		t.Errorf("a paragraph without room: %q", got)
	}
}

func TestAFrameMustBeAsExpected(t *testing.T) {
	for _, pdf := range []string{"", "%PDF-1.3\n", "%PDF\n\nxref\n0 1\n\ntrailer\n\nstartxref\n1\n", "%PDF\nx\nxref\n0 2\n0000000000 65535 f \n0000000900 00000 n \ntrailer\n\nstartxref\n1\n"} {
		if _, err := parseFrame([]byte(pdf)); err == nil {
			t.Errorf("%q was taken apart", pdf)
		}
	}
}
