package text

import (
	"strings"
	"testing"
	"unicode"
)

// What each place that shows foreign text asks for: a call of its own, and results that
// readers of mails, tables and logs have seen for long.
var places = map[string]struct {
	show  func(string) string
	shown [][2]string
}{
	"header of a mail": {
		func(s string) string {
			s = OneLine(Sanitize(s))
			if len(First(s, 12)) < len(s) {
				s = strings.TrimRight(First(s, 11), " ") + Ellipsis
			}
			return s
		},
		[][2]string{
			{"Dagsoppgjør", "Dagsoppgjør"}, {"12 tegn i alt", "12 tegn i a…"}, {"elleve tegn og mer", "elleve tegn…"}, {"ti tegn nå og mer", "ti tegn nå…"},
			{"a\r\nBcc: x", "a Bcc: x"}, {"a\r\n\tb\u0085c\u2028d", "a b c d"}, {"\u202egnp\u2066.exe", "gnp.exe"}, {"z\u200bw\ufeff\ufff9x", "zwx"}, {"bad\xff\xfe", "bad\ufffd"}, {"\x1b[31mx", "[31mx"},
		},
	},
	"body of a mail": {
		func(s string) string { return Limit(strings.TrimSpace(Sanitize(s)), 8) },
		[][2]string{{" a  b ", "a  b"}, {"a\r\nb\nc\td", "a b c d"}, {"x\x00y", "x y"}, {"1\u00a0234,50", "1\u00a0234,50"}, {"123456789", "1234567…"}, {"12345 789", "12345 7…"}, {"123456 89", "123456 …"}},
	},
	"reply of a relay": {
		func(s string) string { return Escape(OneLine(strings.ToValidUTF8(s, "\ufffd")), 10, unicode.IsPrint) },
		[][2]string{
			{"2.0.0  ok\r\n", "2.0.0 ok"}, {"a\x1b[31m", `a\x1b[31m`}, {"a\u202eb", `a\u202eb`}, {"12345\u202eb", "12345…"}, {"ok \"æ\" '1'\\", "ok \"æ\" '1'…"}, {"\xff\xfe!", "\ufffd!"}, {"12345678901", "1234567890…"},
		},
	},
	"value of the configuration": {
		func(s string) string { return Escape(Truncate(s, 6), 0, Latin) },
		[][2]string{
			{"Ærlig", "Ærlig"}, {"pаypal", `p\u0430ypal`}, {"a\nb\x00", `a\nb\x00`}, {"\xff\xfe", `\xff\xfe`}, {"1234567", "123456…"}, {"\u202e\u202e\u202e\u202e\u202e\u202ex", `\u202e\u202e\u202e\u202e\u202e\u202e…`}, {"€ – …", "€ – …"}, {"👩\u200d", `👩\u200d`},
		},
	},
	"text in the ledger": {
		func(s string) string {
			return strings.ReplaceAll(strings.ToValidUTF8(TruncateBytes(s, 5, "\ufffd"), "\ufffd"), "\x00", "\ufffd")
		},
		[][2]string{{"kort", "kort"}, {"a\x00b\xff", "a\ufffdb\ufffd"}, {"123456", "12345…"}, {"1234ø", "1234\ufffd…"}, {"\xff\xfe3456", "\ufffd345…"}, {" a\nb", " a\nb"}},
	},
	"name from the source": {
		func(s string) string { return Quoted(s, 5) },
		[][2]string{{"id_1", "id_1"}, {"æøå-1", "æøå-1"}, {"æøå-12", "æøå-1…"}, {`a"b`, `"a\"b"`}, {"a\nb", `"a\nb"`}, {"a\u00a0b", `"a\u00a0b"`}, {"\xff", "\xff"}, {"12345\n", "12345…"}},
	},
	"message of the source": {
		PrintableLine,
		[][2]string{{" no  such\r\naccount ", "no such account"}, {"a\x1b[31mb", "a [31mb"}, {"a\u202eb\u200bc", "a b c"}, {"1\u00a0234", "1 234"}},
	},
	"difference for a terminal": {
		func(s string) string { return ReplaceNonGraphic(Truncate(s, 6)) },
		[][2]string{{"Vipps  1", "Vipps …"}, {"a\x1b\u202eb", "a\ufffd\ufffdb"}, {"1\u00a0234", "1\u00a0234"}, {"\xff\xfe", "\ufffd\ufffd"}, {"1234567", "123456…"}},
	},
	"answer over HTTP": {
		func(s string) string { return TruncateBytes(OneLine(s), 6, "") },
		[][2]string{{"ledger:\n locked", "ledger…"}, {" a \n b ", "a b"}, {"12345ø", "12345…"}, {"123456", "123456"}},
	},
	"cell of a table in a terminal": {
		func(s string) string { return Limit(OneLine(s), 6) },
		[][2]string{{"250  ok", "250 ok"}, {"250 okk", "250 o…"}, {"æøåæøå", "æøåæøå"}, {"æøåæøåæ", "æøåæø…"}, {"1234 67", "1234 …"}},
	},
	"text of a document": {
		func(s string) string { return Truncate(s, 3) },
		[][2]string{{"æøå", "æøå"}, {"æøåæ", "æøå…"}, {"", ""}, {"\xff\xfe\xfdx", "\xff\xfe\xfd…"}},
	},
}

func TestEachPlaceShowsForeignText(t *testing.T) {
	for name, place := range places {
		for _, c := range place.shown {
			if got := place.show(c[0]); got != c[1] {
				t.Errorf("%s: %q is shown as %q, not %q", name, c[0], got, c[1])
			}
		}
	}
}

func TestLatinTellsApartWhatLooksTheSame(t *testing.T) {
	for r, want := range map[rune]bool{'a': true, 'ø': true, '€': true, '7': true, 'а': false, 'ο': false, '\n': false, '\u00a0': false, '\u202e': false} {
		if Latin(r) != want {
			t.Errorf("%q (%U) is Latin: %t", r, r, !want)
		}
	}
}

func FuzzNothingUnprintableIsLeft(f *testing.F) {
	for _, s := range []string{"a\r\nb", "\x1b[2J", "\u202egnp.exe", "\xff\xfe", "\U000e0001", "…"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		for name, shown := range map[string]string{"escaped": Escape(s, 20, Latin), "quoted": Quoted(s, 20), "a printable line": PrintableLine(s)} {
			if strings.ContainsFunc(shown, func(r rune) bool { return !unicode.IsPrint(r) }) {
				t.Errorf("%q is %s as %q", s, name, shown)
			}
		}
		if strings.ContainsFunc(Sanitize(s), func(r rune) bool { return unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) }) {
			t.Errorf("%q is sanitized to %q", s, Sanitize(s))
		}
		if n := len([]rune(Escape(s, 20, unicode.IsPrint))); n > 21 {
			t.Errorf("%q is escaped to %d characters", s, n)
		}
	})
}

func TestLimitHTMLCountsWhatAPageHas(t *testing.T) {
	for _, c := range []struct {
		s    string
		n    int
		want string
	}{{"abc", 3, "abc"}, {"abcd", 3, "abc…"}, {`""`, 10, `""`}, {`""`, 9, `"…`}, {"æø", 3, "æ…"}, {"1+1", 6, "1+…"}, {"1+1", 7, "1+1"}, {"", 0, ""}} {
		if got := LimitHTML(c.s, c.n); got != c.want {
			t.Errorf("%q in %d: %q", c.s, c.n, got)
		}
	}
}
