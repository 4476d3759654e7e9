package locales

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"rapport/internal/money"
)

func printer(t *testing.T, language string) *Printer {
	t.Helper()
	p, err := For(language)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestEveryWordIsInEveryLanguage(t *testing.T) {
	first := printer(t, Languages()[0])
	placeholder := regexp.MustCompile(`\{\d\}`)
	for _, language := range Languages()[1:] {
		p := printer(t, language)
		if diff := cmp.Diff(first.Keys(), p.Keys()); diff != "" {
			t.Errorf("words of %s and %s differ:\n%s", first.language, language, diff)
		}
		for _, key := range p.Keys() {
			if strings.TrimSpace(p.words[key]) == "" {
				t.Errorf("%s: %s is empty", language, key)
			}
			have, want := placeholder.FindAllString(p.words[key], -1), placeholder.FindAllString(first.words[key], -1)
			slices.Sort(have)
			slices.Sort(want)
			if !slices.Equal(have, want) {
				t.Errorf("%s: placeholders of %q and %q differ", key, p.words[key], first.words[key])
			}
		}
	}
}

// TestEveryWordAskedForExists reads the keys that the code names.
func TestEveryWordAskedForExists(t *testing.T) {
	p := printer(t, "en")
	asked := 0
	err := filepath.WalkDir("..", func(path string, d fs.DirEntry, err error) error {
		switch filepath.ToSlash(path) {
		case "../archive", "../examples", "../outbox": // go.mod ignores them: what a run left there may be somebody else's
			return filepath.SkipDir
		}
		if err != nil || d.IsDir() || filepath.Ext(path) != ".go" || strings.HasSuffix(path, "_test.go") {
			return err
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
		if err != nil {
			return err
		}
		ast.Inspect(file, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok || len(call.Args) == 0 {
				return true
			}
			method, ok := call.Fun.(*ast.SelectorExpr)
			literal, isLiteral := call.Args[0].(*ast.BasicLit)
			if !ok || !isLiteral || literal.Kind != token.STRING || method.Sel.Name != "Word" && method.Sel.Name != "Count" {
				return true
			}
			key, err := strconv.Unquote(literal.Value)
			if err != nil {
				t.Error(err)
			}
			if method.Sel.Name == "Count" {
				key += ".one"
			}
			asked++
			if !p.Has(key) {
				t.Errorf("%s asks for %q, which no language has", path, key)
			}
			return true
		})
		return nil
	})
	if err != nil || asked < 20 {
		t.Errorf("read %d keys: %v", asked, err)
	}
}

func TestNumbersAreWrittenAsTheLanguageDoes(t *testing.T) {
	const nbsp, minus = "\u00a0", "\u2212"
	for _, c := range []struct {
		amount money.Amount
		no, en string
	}{
		{money.Amount{Minor: 123456789, Currency: "NOK"}, "1" + nbsp + "234" + nbsp + "567,89", "1,234,567.89"},
		{money.Amount{Minor: -5, Currency: "EUR"}, minus + "0,05", minus + "0.05"},
		{money.Amount{Minor: 1500, Currency: "ISK"}, "1" + nbsp + "500", "1,500"},
		{money.Amount{Minor: -100000, Currency: "SEK"}, minus + "1" + nbsp + "000,00", minus + "1,000.00"},
		{money.Amount{Minor: 99999, Currency: "NOK"}, "999,99", "999.99"},
	} {
		if got := printer(t, "no").Number(c.amount); got != c.no {
			t.Errorf("no: got %q, want %q", got, c.no)
		}
		if got := printer(t, "en").Number(c.amount); got != c.en {
			t.Errorf("en: got %q, want %q", got, c.en)
		}
	}
	if got := printer(t, "no").Money(money.Amount{Minor: 50000, Currency: "NOK"}); got != "500,00\u00a0kr" {
		t.Errorf("kroner: got %q", got)
	}
	if got := printer(t, "no").Money(money.Amount{Minor: 50000, Currency: "SEK"}); got != "SEK\u00a0500,00" {
		t.Errorf("another krone: got %q", got)
	}
	if got := printer(t, "en").Money(money.Amount{Minor: 50000, Currency: "NOK"}); got != "NOK\u00a0500.00" {
		t.Errorf("kroner in English: got %q", got)
	}
}

func TestDecimalsKeepWhatMatters(t *testing.T) {
	for text, want := range map[string]string{"2.5": "2,5", "12.50": "12,5", "25": "25", "25.0": "25", "0.125": "0,125", "-1.5": "-1,5", "100": "100", "1e3": "1e3"} {
		if got := printer(t, "no").Decimal(text); got != want {
			t.Errorf("%s: got %s, want %s", text, got, want)
		}
	}
}

func TestPeriodsAreNamed(t *testing.T) {
	day := func(y int, m time.Month, d int) time.Time { return time.Date(y, m, d, 0, 0, 0, 0, time.UTC) }
	for _, c := range []struct {
		schedule string
		from, to time.Time
		no, en   string
	}{
		{"daily", day(2026, 11, 19), day(2026, 11, 20), "torsdag 19. november 2026", "Thursday 19 November 2026"},
		{"vat-term", day(2026, 11, 1), day(2027, 1, 1), "6. mva-termin 2026 (november–desember)", "VAT term 6, 2026 (November–December)"},
		{"weekly", day(2026, 11, 16), day(2026, 11, 23), "uke 47, 16.–22. november 2026", "week 47, 16–22 November 2026"},
		{"weekly", day(2026, 3, 30), day(2026, 4, 6), "uke 14, 30. mars – 5. april 2026", "week 14, 30 March – 5 April 2026"},
		{"weekly", day(2026, 12, 28), day(2027, 1, 4), "uke 53, 28. desember 2026 – 3. januar 2027", "week 53, 28 December 2026 – 3 January 2027"},
		{"monthly", day(2026, 2, 1), day(2026, 3, 1), "februar 2026", "February 2026"},
		{"twice-a-month", day(2026, 11, 16), day(2026, 12, 1), "16.–30. november 2026", "16–30 November 2026"},
	} {
		if got := printer(t, "no").Period(c.schedule, c.from, c.to); got != c.no {
			t.Errorf("no: got %q, want %q", got, c.no)
		}
		if got := printer(t, "en").Period(c.schedule, c.from, c.to); got != c.en {
			t.Errorf("en: got %q, want %q", got, c.en)
		}
	}
	if got, want := printer(t, "no").Span(day(2026, 11, 19), day(2026, 11, 20), "Europe/Oslo"), "19.11.2026 00:00 – 20.11.2026 00:00 (Europe/Oslo)"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if got := printer(t, "no").ShortDay(day(2026, 11, 19)); got != "tor. 19.11." {
		t.Errorf("short day: got %q", got)
	}
}

func TestCountsAgreeWithTheirWord(t *testing.T) {
	p := printer(t, "no")
	for n, want := range map[int64]string{1: "1 innløsning", 0: "0 innløsninger", 1234: "1\u00a0234 innløsninger"} {
		if got := p.Count("lead.captures", n); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestUnknownLanguageIsRefused(t *testing.T) {
	for _, language := range []string{"nb", "de", "", "NO"} {
		if _, err := For(language); err == nil {
			t.Errorf("%q was accepted", language)
		}
	}
}

func TestSubjectsNamePeriodsShortly(t *testing.T) {
	day := func(month time.Month, d int) time.Time { return time.Date(2026, month, d, 0, 0, 0, 0, time.UTC) }
	for _, c := range []struct {
		schedule           string
		from, to           time.Time
		no, en             string
		noBefore, enBefore string
	}{
		{"daily", day(11, 19), day(11, 20), "tor 19.11", "Thu 19 Nov", "forrige torsdag", "last Thursday"},
		{"weekly", day(11, 16), day(11, 23), "uke 47", "week 47", "uke 47", "week 47"},
		{"vat-term", day(1, 1), day(3, 1), "1. mva-termin 2026", "VAT term 1, 2026", "1. mva-termin", "VAT term 1"},
		{"monthly", day(3, 1), day(4, 1), "mars 2026", "March 2026", "mars", "March"},
		{"twice-a-month", day(11, 1), day(11, 16), "1.–15. november", "1–15 November", "1.–15. november", "1–15 November"},
	} {
		for language, want := range map[string][2]string{"no": {c.no, c.noBefore}, "en": {c.en, c.enBefore}} {
			p := printer(t, language)
			if got := p.ShortPeriod(c.schedule, c.from, c.to); got != want[0] {
				t.Errorf("%s %s: got %q, want %q", language, c.schedule, got, want[0])
			}
			if got := p.Before(c.schedule, c.from, c.to); got != want[1] {
				t.Errorf("%s %s: before it is %q, want %q", language, c.schedule, got, want[1])
			}
		}
	}
}

func TestChangesHaveTheirSign(t *testing.T) {
	no := printer(t, "no")
	for tenths, want := range map[int64]string{120: "+12\u00a0%", 125: "+13\u00a0%", 42: "+4,2\u00a0%", 40: "+4\u00a0%", -5: "\u22120,5\u00a0%", -1000: "\u2212100\u00a0%", 12340: "+1\u00a0234\u00a0%"} {
		if got := no.Percent(tenths); got != want {
			t.Errorf("%d tenths: got %q, want %q", tenths, got, want)
		}
	}
	for minor, want := range map[int64]string{123450: "+1\u00a0234,50", -5: "\u22120,05", 0: "0,00"} {
		if got := no.Signed(money.Amount{Minor: minor, Currency: "NOK"}); got != want {
			t.Errorf("%d: got %q, want %q", minor, got, want)
		}
	}
}
