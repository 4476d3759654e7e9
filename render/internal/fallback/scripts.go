package fallback

import "sync"

// span is a range of characters, both ends included.
type span struct{ first, last rune }

// faces are all fonts. A character is looked for in their order.
var faces = sync.OnceValue(func() []*Face {
	var all []*Face
	for _, f := range scripts {
		all = append(all, newFace(f.font, f.ranges))
	}
	return all
})

// scripts says which characters each font is asked for.
var scripts = [...]struct {
	font   string
	ranges []span
}{
	{"SansArabic", []span{{0x600, 0x6ff}, {0x750, 0x77f}, {0x8a0, 0x8ff}, {0xfb50, 0xfdff}, {0xfe70, 0xfefe}}},
	{"CJK", ideographs}, {"CJKMore", ideographs},
	{"Emoji", []span{{0x23, 0x39}, {0xa9, 0xae}, {0x2000, 0x2bff}, {0x3030, 0x303d}, {0x3297, 0x3299}, {0xfe0f, 0xfe0f}, {0x1f000, 0x1faff}, {0xe0020, 0xe007f}}},
	{"SansSymbols", symbols}, {"SansSymbols2", symbols}, {"SansMath", []span{{0x2000, 0x2bff}}},
	{"SansDevanagari", []span{{0x900, 0x97f}, {0xa8e0, 0xa8ff}, {0x1cd0, 0x1cff}}},
	{"SansBengali", []span{{0x980, 0x9ff}}}, {"SansGurmukhi", []span{{0xa00, 0xa7f}}}, {"SansGujarati", []span{{0xa80, 0xaff}}},
	{"SansOriya", []span{{0xb00, 0xb7f}}}, {"SansTamil", []span{{0xb80, 0xbff}}}, {"SansTelugu", []span{{0xc00, 0xc7f}}},
	{"SansKannada", []span{{0xc80, 0xcff}}}, {"SansMalayalam", []span{{0xd00, 0xd7f}}}, {"SansSinhala", []span{{0xd80, 0xdff}}},
	{"SansThai", []span{{0xe00, 0xe7f}}}, {"SansLao", []span{{0xe80, 0xeff}}}, {"SerifTibetan", []span{{0xf00, 0xfff}}},
	{"SansMyanmar", []span{{0x1000, 0x109f}, {0xaa60, 0xaa7f}, {0xa9e0, 0xa9ff}}}, {"SansKhmer", []span{{0x1780, 0x17ff}, {0x19e0, 0x19ff}}},
	{"SansMongolian", []span{{0x1800, 0x18af}}}, {"SansGeorgian", []span{{0x10a0, 0x10ff}, {0x1c90, 0x1cbf}, {0x2d00, 0x2d2f}}},
	{"SansArmenian", []span{{0x530, 0x58f}, {0xfb13, 0xfb17}}}, {"SansThaana", []span{{0x780, 0x7bf}}}, {"SansSyriac", []span{{0x700, 0x74f}, {0x860, 0x86f}}},
	{"SansEthiopic", []span{{0x1200, 0x139f}, {0x2d80, 0x2ddf}, {0xab00, 0xab2f}}}, {"SansYi", []span{{0xa000, 0xa4cf}}},
	{"SansJavanese", []span{{0xa980, 0xa9df}}}, {"SansSundanese", []span{{0x1b80, 0x1bbf}}}, {"SansBalinese", []span{{0x1b00, 0x1b7f}}},
	{"SansOlChiki", []span{{0x1c50, 0x1c7f}}}, {"SansMeeteiMayek", []span{{0xabc0, 0xabff}}}, {"SansLisu", []span{{0xa4d0, 0xa4ff}}},
	{"SansTaiLe", []span{{0x1950, 0x197f}}}, {"SansNewTaiLue", []span{{0x1980, 0x19df}}}, {"SansTaiTham", []span{{0x1a20, 0x1aaf}}},
	{"SansTaiViet", []span{{0xaa80, 0xaadf}}}, {"SansCham", []span{{0xaa00, 0xaa5f}}}, {"SansLepcha", []span{{0x1c00, 0x1c4f}}},
	{"SansLimbu", []span{{0x1900, 0x194f}}}, {"SansBuginese", []span{{0x1a00, 0x1a1f}}}, {"SansTagalog", []span{{0x1700, 0x171f}}},
	{"SansChakma", []span{{0x11100, 0x1114f}}}, {"SansSylotiNagri", []span{{0xa800, 0xa82f}}},
	{"SansTifinagh", []span{{0x2d30, 0x2d7f}}}, {"SansCherokee", []span{{0x13a0, 0x13ff}, {0xab70, 0xabbf}}},
	{"Sans", []span{{0x100, 0x58f}, {0x1c80, 0x1c8f}, {0x1d00, 0x20cf}, {0x2100, 0x218f}, {0x2c60, 0x2c7f}, {0x2de0, 0x2e7f}, {0xa640, 0xa69f}, {0xa700, 0xa7ff}, {0xab30, 0xab6f}, {0xfb00, 0xfb06}, {0xfe20, 0xfe2f}}},
}

var (
	ideographs = []span{{0x2e80, 0x9fff}, {0xac00, 0xd7a3}, {0xf900, 0xfaff}, {0xfe10, 0xfe1f}, {0xfe30, 0xfe4f}, {0xff00, 0xffef}}
	symbols    = []span{{0x2000, 0x2bff}, {0x1f000, 0x1faff}}
)

// Names are the names of the fonts.
func Names() []string {
	var names []string
	for _, f := range faces() {
		names = append(names, f.Name)
	}
	return names
}

// faceOf is the first font that has r, nil for none.
func faceOf(r rune) *Face {
	for _, f := range faces() {
		if f.has(r) {
			return f
		}
	}
	return nil
}
