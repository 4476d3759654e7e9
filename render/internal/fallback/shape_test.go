package fallback

import (
	"strings"
	"testing"
)

func nothing(rune) bool { return false }

func TestEveryFontOfTheListIsThere(t *testing.T) {
	for _, f := range faces() {
		if _, err := f.load(); err != nil {
			t.Error(err)
		}
	}
	for _, licence := range []string{"OFL.txt", "Apache-2.0.txt"} {
		if text, err := unpack(licence); err != nil || len(text) < 1000 {
			t.Error(licence, err)
		}
	}
}

// Names of shops and products of Europe and Asia, and what a telephone's keyboard has, come
// out whole: each in clusters that together are the text.
func TestNamesOfEuropeAndAsiaAreDrawn(t *testing.T) {
	for _, name := range []string{
		"北京烤鸭", "東京カメラ", "서울", "ｶﾅＡＢ", "ქართული", "Հայերեն", "हिन्दी", "বাংলা", "ਪੰਜਾਬੀ", "ગુજરાતી", "ଓଡ଼ିଆ", "தமிழ்", "తెలుగు", "ಕನ್ನಡ", "മലയാളം",
		"සිංහල", "ภาษาไทย", "ລາວ", "བོད", "မြန်မာ", "ខ្មែរ", "ᠮᠣᠩᠭᠣᠯ", "مرحبا", "اردو", "ދިވެހި", "ܣܘܪܝܝܐ", "Ấ", "₿", "★", "🐟", "👩‍👧", "🇳🇴", "1️⃣", "❤️", "👍🏽",
	} {
		clusters, n := Next([]rune(name), nothing)
		var read strings.Builder
		glyphs := 0
		for _, c := range clusters {
			read.WriteString(c.Text)
			glyphs += len(c.Parts)
		}
		if n != len([]rune(name)) || read.String() != name || glyphs == 0 {
			t.Errorf("%q: %d characters, read as %q, %d glyphs", name, n, read.String(), glyphs)
		}
	}
}

func TestAnEmojiOfSeveralCharactersIsOne(t *testing.T) {
	for _, emoji := range []string{"👨‍👩‍👧‍👦", "🇳🇴", "👍🏽", "1️⃣", "🏴󠁧󠁢󠁳󠁣󠁴󠁿"} {
		if clusters, _ := Next([]rune(emoji), nothing); len(clusters) != 1 {
			t.Errorf("%q is %d clusters", emoji, len(clusters))
		}
	}
}

func TestMarksOnALetterAreBounded(t *testing.T) {
	clusters, n := Next([]rune("ก"+strings.Repeat("้", 500)), nothing)
	if n != 501 || len(clusters) != 1 || len(clusters[0].Parts) > 1+maxMarks {
		t.Errorf("%d characters, %d clusters", n, len(clusters))
	}
}

func TestWhatNoFontHasIsLeftToTheCaller(t *testing.T) {
	for _, text := range []string{"\U000f0000", "\u0378", "\u200d", ""} {
		if _, n := Next([]rune(text), nothing); n != 0 {
			t.Errorf("%q: %d characters are drawn", text, n)
		}
	}
}
