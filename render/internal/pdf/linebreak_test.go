package pdf

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"rapport/internal/text"
)

func TestLongTextsEndInAnEllipsis(t *testing.T) {
	font := testFonts(t).Regular
	for _, s := range []string{strings.Repeat("W", 300), strings.Repeat("i ", 300), "Ærlig talt", "x"} {
		for width := 0; width < 20_000; width += 97 {
			got := font.Ellipsize(s, width)
			if font.Width(got) > width || got != s && got != "" && !strings.HasSuffix(got, text.Ellipsis) {
				t.Fatalf("%.20q in %d is %q", s, width, got)
			}
		}
	}
}

func TestParagraphsBreakAtSpaces(t *testing.T) {
	font := testFonts(t).Regular
	got := font.Wrap("en to tre fire fem", font.Width("en to tre"), 9)
	if diff := cmp.Diff([]string{"en to tre", "fire fem"}, got); diff != "" {
		t.Error(diff)
	}
	got = font.Wrap("en to tre fire fem seks", font.Width("en to tre"), 2)
	if diff := cmp.Diff([]string{"en to tre", "fire fe…"}, got); diff != "" {
		t.Error(diff)
	}
	got = font.Wrap(strings.Repeat("W", 10), font.Width("WWW"), 9)
	if diff := cmp.Diff([]string{"WWW", "WWW", "WWW", "W"}, got); diff != "" {
		t.Error(diff)
	}
	if got := font.Wrap("WW", 0, 9); len(got) != 2 {
		t.Errorf("a paragraph without room: %q", got)
	}
}
