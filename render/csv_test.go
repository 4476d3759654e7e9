package render

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"rapport/internal/content"
	"rapport/render/internal/csv"
)

const bom, crlf, separators = "\xef\xbb\xbf", "\r\n", ",;\t"

// withoutControls is what the text of a cell loses.
func withoutControls(s string) string { return csv.WithoutControls(s) }

// encodeCSV is a CSV with the given rows of values.
func encodeCSV(t testing.TB, f *CSVFormat, rows ...[]content.Value) string {
	t.Helper()
	out, err := f.AppendHead(nil)
	for _, row := range rows {
		if err == nil {
			out, err = f.AppendRow(out, row)
		}
	}
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

func textColumns(n int) []content.Column {
	columns := make([]content.Column, n)
	for i := range columns {
		columns[i] = content.Column{Title: fmt.Sprint("c", i), Kind: content.Text}
	}
	return columns
}

// cellOf is how one text stands in a Norwegian CSV, between two other cells.
func cellOf(t testing.TB, v content.Value) string {
	line, found := strings.CutPrefix(encodeCSV(t, LocalCSV(textColumns(3), printer(t, "no")), []content.Value{content.TextOf("a"), v, content.TextOf("b")}), bom+"c0;c1;c2\r\na;")
	cell, end := strings.CutSuffix(line, ";b\r\n")
	if !found || !end {
		t.Fatalf("the cells beside %q are not where they should be: %q", v.Text, line)
	}
	return cell
}

func TestCSVOfEachLanguage(t *testing.T) {
	for _, language := range []string{"no", "en"} {
		s := transactions(t, language, 25, "NOK", "ISK", "BHD")
		golden(t, "transactions."+language+".csv", []byte(encodeCSV(t, LocalCSV(s.document.Columns, printer(t, language)), s.rows...)))
	}
	h := hostile(t)
	golden(t, "hostile.csv", []byte(encodeCSV(t, LocalCSV(h.document.Columns, printer(t, "no")), h.rows[:4]...)))
}

func TestTextsThatSpreadsheetsWouldCalculateAreMarkedAndNumbersNever(t *testing.T) {
	instant := time.Date(2026, 11, 19, 14, 5, 9, 999_999_999, oslo)
	for _, c := range []struct {
		value content.Value
		want  string
	}{
		{content.TextOf("=1+1"), "'=1+1"},
		{content.TextOf("+47 999 99 999"), "'+47 999 99 999"},
		{content.TextOf("-10"), "'-10"},
		{content.TextOf("@user"), "'@user"},
		{content.TextOf("\tx"), "\"'\tx\""},
		{content.TextOf("\rx"), "\"'\rx\""},
		{content.TextOf("=a;b"), `"'=a;b"`},
		{content.TextOf(`="x"`), `"'=""x"""`},
		{content.TextOf(" =1"), " =1"},
		{content.TextOf("a=1"), "a=1"},
		{content.TextOf("a;b"), `"a;b"`},
		{content.TextOf("a,b"), `"a,b"`},
		{content.TextOf("a\tb"), "\"a\tb\""},
		{content.TextOf("x,=1+1,y"), `"x,=1+1,y"`},
		{content.TextOf("'=1"), "''=1"},
		{content.TextOf("''+1"), "'''+1"},
		{content.TextOf("'a"), "'a"},
		{content.TextOf("'"), "'"},
		{content.TextOf("\x00=1"), "'=1"},
		{content.TextOf("\x00\x7f\u0085"), ""},
		{content.TextOf("5\u00a0§"), "5\u00a0§"},
		{content.TextOf(`"`), `""""`},
		{content.TextOf("a\nb"), "\"a\nb\""},
		{content.TextOf("a\x00\x1b\u202e👩b"), "a\u202e👩b"},
		{content.TextOf("a\xff\xfeb"), "a\ufffd\ufffdb"},
		{content.TextOf("0001234567890123456789"), "0001234567890123456789"},
		{content.TextOf(""), ""},
		{content.Value{}, ""},
		{content.MoneyOf(-123450, "NOK"), `"-1234,50"`},
		{content.MoneyOf(0, "NOK"), `"0,00"`},
		{content.MoneyOf(-5, "ISK"), "-5"},
		{content.MoneyOf(-5, "BHD"), `"-0,005"`},
		{content.MoneyOf(-1<<63, "NOK"), `"-92233720368547758,08"`},
		{content.MoneyOf(100, "nok"), `"1,00"`},
		{content.IntegerOf(-1234567), "-1234567"},
		{content.DecimalOf("-2.50"), `"-2,5"`},
		{content.DecimalOf("25"), "25"},
		{content.DecimalOf("=1+1"), "'=1+1"},
		{content.DecimalOf("-"), "'-"},
		{content.DecimalOf("-1;2"), `"'-1;2"`},
		{content.DecimalOf(""), ""},
		{content.TimeOf(instant), "2026-11-19 14:05:09"},
		{content.TimeOf(instant.UTC()), "2026-11-19 13:05:09"},
	} {
		if got := cellOf(t, c.value); got != c.want {
			t.Errorf("%+v is written as %q, not %q", c.value, got, c.want)
		}
	}
}

func TestEnglishCSVHasCommasAndPoints(t *testing.T) {
	got := encodeCSV(t, LocalCSV(textColumns(4), printer(t, "en")), []content.Value{content.TextOf("a,b"), content.TextOf("a;b"), content.MoneyOf(-123450, "NOK"), content.DecimalOf("0.50")})
	if want := bom + "c0,c1,c2,c3\r\n\"a,b\",\"a;b\",-1234.50,0.5\r\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestACSVWithoutRowsIsItsHeader(t *testing.T) {
	got := encodeCSV(t, LocalCSV([]content.Column{{Title: "Beløp"}, {Title: "a;b"}}, printer(t, "no")))
	if want := bom + "Beløp;\"a;b\"\r\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestAnyTextsComeBackFromACSV(t *testing.T) {
	random := rand.New(rand.NewPCG(7, 8))
	alphabet := []string{"a", ";", ",", `"`, "\r", "\n", "\r\n", "'", "=", "-", "\t", " ", "ø", "👩", "\xff", "\x00", "\u2028"}
	for range 3000 {
		columns, rows := 1+random.IntN(5), make([][]content.Value, random.IntN(5))
		for i := range rows {
			rows[i] = make([]content.Value, columns)
			for k := range rows[i] {
				var b strings.Builder
				for range random.IntN(6) {
					b.WriteString(alphabet[random.IntN(len(alphabet))])
				}
				rows[i][k] = content.TextOf(b.String())
			}
		}
		checkCSV(t, []string{"no", "en"}[random.IntN(2)], columns, rows)
	}
}

func FuzzCSV(f *testing.F) {
	for _, s := range nasty {
		f.Add(s, "x", true)
		f.Add("x", s, false)
	}
	f.Fuzz(func(t *testing.T, a, b string, norwegian bool) {
		language := "en"
		if norwegian {
			language = "no"
		}
		checkCSV(t, language, 2, [][]content.Value{{content.TextOf(a), content.TextOf(b)}, {content.TextOf(b), content.DecimalOf(a)}})
	})
}

func TestRowsThatAreNotOfTheColumnsAreErrors(t *testing.T) {
	p := printer(t, "no")
	if out, err := LocalCSV(nil, p).AppendHead(nil); err == nil || len(out) > 0 {
		t.Errorf("a CSV without columns begins with %q", out)
	}
	f := LocalCSV(textColumns(2), p)
	for what, row := range wrongRows {
		if _, err := f.AppendRow(nil, row); err == nil {
			t.Errorf("%s: there is no error", what)
		}
	}
}
