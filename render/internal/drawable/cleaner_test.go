package drawable

import (
	"strings"
	"testing"
	"unicode/utf8"

	"rapport/render/internal/pdf"
)

func newCleaner(t *testing.T) *Cleaner {
	t.Helper()
	fonts, err := pdf.LoadFonts()
	if err != nil {
		t.Fatal(err)
	}
	return &Cleaner{Font: fonts.Regular}
}

func TestCleanTextsCanBeDrawn(t *testing.T) {
	for in, want := range map[string]string{
		"Åse Ødegård":           "Åse Ødegård",
		"A\u030ase":             "Åse",
		"a\tb\r\nc\u2028d":      "a b  c d",
		"\x00\x1b[31m":          "??[31m",
		"\U000f0000\u0378":      "??",
		"\u202egnp\u202c.exe":   "gnp.exe",
		"soft\u00adhyphen":      "softhyphen",
		"bad\xffbyte":           "bad?byte",
		"−1\u00a0234,50\u202f€": "−1\u00a0234,50\u202f€",
	} {
		c := newCleaner(t)
		got := c.Clean(in)
		if got != want {
			t.Errorf("%q is drawn as %q, not %q", in, got, want)
		}
	}
}

func TestMarksOnALetterAreBounded(t *testing.T) {
	c := newCleaner(t)
	if got := c.Clean("Z" + strings.Repeat("\u0301", 500) + "a"); utf8.RuneCountInString(got) > 4 {
		t.Errorf("%q has too many marks", got)
	}
}
