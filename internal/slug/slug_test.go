package slug_test

import (
	"testing"

	"rapport/internal/slug"
)

func TestSlug(t *testing.T) {
	for in, want := range map[string]string{
		"Dagsoppgjør Oslo":        "dagsoppgjoer-oslo",
		"Ås & Bærum, 2. kvartal!": "aas-baerum-2-kvartal",
		"A\u030As ǿ ǻ Å":          "aas-oe-aa-aa", // å taken apart, and with accents on top
		"  -- Café Ü --":          "cafe-u",
		"日本":                      "",
		"../../etc":               "etc",
		"a\x00b\nc":               "a-b-c",
		"İzmir Straße":            "izmir-strasse",
	} {
		if got := slug.Of(in); got != want {
			t.Errorf("Of(%q) = %q, want %q", in, got, want)
		}
	}
}
