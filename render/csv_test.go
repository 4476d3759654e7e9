package render

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"strings"
	"testing"
	"time"
)

// encodeCSV is a CSV of text columns with the given rows of values.
func encodeCSV(t testing.TB, language string, columns []Column, rows [][]Value) string {
	t.Helper()
	var out bytes.Buffer
	e, err := NewCSV(&out, columns, printer(t, language))
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range rows {
		if err := e.Row(row...); err != nil {
			t.Fatal(err)
		}
	}
	if err := e.Close(); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func textColumns(n int) []Column {
	columns := make([]Column, n)
	for i := range columns {
		columns[i] = Column{Title: fmt.Sprint("c", i), Kind: Text}
	}
	return columns
}

// cellOf is how one text stands in a Norwegian CSV, between two other cells.
func cellOf(t testing.TB, v Value) string {
	line, found := strings.CutPrefix(encodeCSV(t, "no", textColumns(3), [][]Value{{TextOf("a"), v, TextOf("b")}}), bom+"c0;c1;c2\r\na;")
	cell, end := strings.CutSuffix(line, ";b\r\n")
	if !found || !end {
		t.Fatalf("the cells beside %q are not where they should be: %q", v.Text, line)
	}
	return cell
}

func TestCSVOfEachLanguage(t *testing.T) {
	for _, language := range []string{"no", "en"} {
		s := transactions(t, language, 25, "NOK", "ISK", "BHD")
		golden(t, "transactions."+language+".csv", []byte(encodeCSV(t, language, s.document.Columns, s.rows)))
	}
	h := hostile(t)
	golden(t, "hostile.csv", []byte(encodeCSV(t, "no", h.document.Columns, h.rows[:4])))
}

func TestTextsThatSpreadsheetsWouldCalculateAreMarkedAndNumbersNever(t *testing.T) {
	instant := time.Date(2026, 11, 19, 14, 5, 9, 999_999_999, oslo)
	for _, c := range []struct {
		value Value
		want  string
	}{
		{TextOf("=1+1"), "'=1+1"},
		{TextOf("+47 999 99 999"), "'+47 999 99 999"},
		{TextOf("-10"), "'-10"},
		{TextOf("@user"), "'@user"},
		{TextOf("\tx"), "'\tx"},
		{TextOf("\rx"), "\"'\rx\""},
		{TextOf("=a;b"), `"'=a;b"`},
		{TextOf(`="x"`), `"'=""x"""`},
		{TextOf(" =1"), " =1"},
		{TextOf("a=1"), "a=1"},
		{TextOf("a;b"), `"a;b"`},
		{TextOf("a,b"), "a,b"},
		{TextOf(`"`), `""""`},
		{TextOf("a\nb"), "\"a\nb\""},
		{TextOf("a\x00\x1b\u202e👩b"), "a\x00\x1b\u202e👩b"},
		{TextOf("a\xff\xfeb"), "a\ufffd\ufffdb"},
		{TextOf("0001234567890123456789"), "0001234567890123456789"},
		{TextOf(""), ""},
		{Value{}, ""},
		{MoneyOf(-123450, "NOK"), "-1234,50"},
		{MoneyOf(0, "NOK"), "0,00"},
		{MoneyOf(-5, "ISK"), "-5"},
		{MoneyOf(-5, "BHD"), "-0,005"},
		{MoneyOf(-1<<63, "NOK"), "-92233720368547758,08"},
		{MoneyOf(100, "nok"), "1,00"},
		{IntegerOf(-1234567), "-1234567"},
		{DecimalOf("-2.50"), "-2,5"},
		{DecimalOf("25"), "25"},
		{DecimalOf("=1+1"), "'=1+1"},
		{DecimalOf("-"), "'-"},
		{DecimalOf("-1;2"), `"'-1;2"`},
		{DecimalOf(""), ""},
		{TimeOf(instant), "2026-11-19 14:05:09"},
		{TimeOf(instant.UTC()), "2026-11-19 13:05:09"},
	} {
		if got := cellOf(t, c.value); got != c.want {
			t.Errorf("%+v is written as %q, not %q", c.value, got, c.want)
		}
	}
}

func TestEnglishCSVHasCommasAndPoints(t *testing.T) {
	got := encodeCSV(t, "en", textColumns(4), [][]Value{{TextOf("a,b"), TextOf("a;b"), MoneyOf(-123450, "NOK"), DecimalOf("0.50")}})
	if want := bom + "c0,c1,c2,c3\r\n\"a,b\",a;b,-1234.50,0.5\r\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestHeaderIsWrittenAtOnce(t *testing.T) {
	var out bytes.Buffer
	if _, err := NewCSV(&out, []Column{{Title: "Beløp"}, {Title: "a;b"}}, printer(t, "no")); err != nil {
		t.Fatal(err)
	}
	if got, want := out.String(), bom+"Beløp;\"a;b\"\r\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestAnyTextsComeBackFromACSV(t *testing.T) {
	random := rand.New(rand.NewPCG(7, 8))
	alphabet := []string{"a", ";", ",", `"`, "\r", "\n", "\r\n", "'", "=", "-", "\t", " ", "ø", "👩", "\xff", "\x00", "\u2028"}
	for range 3000 {
		columns, rows := 1+random.IntN(5), make([][]Value, random.IntN(5))
		for i := range rows {
			rows[i] = make([]Value, columns)
			for k := range rows[i] {
				var b strings.Builder
				for range random.IntN(6) {
					b.WriteString(alphabet[random.IntN(len(alphabet))])
				}
				rows[i][k] = TextOf(b.String())
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
		checkCSV(t, language, 2, [][]Value{{TextOf(a), TextOf(b)}, {TextOf(b), DecimalOf(a)}})
	})
}

// brokenWriter fails after some bytes.
type brokenWriter struct{ left int }

var errFull = errors.New("no space left on device")

func (w *brokenWriter) Write(p []byte) (int, error) {
	if w.left -= len(p); w.left < 0 {
		return 0, errFull
	}
	return len(p), nil
}

func TestTheFirstErrorStays(t *testing.T) {
	if _, err := NewCSV(&brokenWriter{}, textColumns(2), printer(t, "no")); !errors.Is(err, errFull) {
		t.Errorf("header on a full disk: %v", err)
	}
	e, err := NewCSV(&brokenWriter{left: 1000}, textColumns(2), printer(t, "no"))
	if err != nil {
		t.Fatal(err)
	}
	row := []Value{TextOf(strings.Repeat("x", flushAfter)), TextOf("y")}
	for range 3 {
		if err := e.Row(row...); !errors.Is(err, errFull) {
			t.Errorf("row on a full disk: %v", err)
		}
	}
	if err := e.Close(); !errors.Is(err, errFull) {
		t.Errorf("close on a full disk: %v", err)
	}
}

func TestWrongUseIsAnError(t *testing.T) {
	p := printer(t, "no")
	if _, err := NewCSV(io.Discard, nil, p); err == nil {
		t.Error("a CSV without columns was begun")
	}
	document := Document{Printer: p, Columns: []Column{{Title: "a", Kind: Text, Rank: 1}, {Title: "b", Kind: Text, Rank: 1}}}
	encoders := map[string]func() (Encoder, error){
		"csv": func() (Encoder, error) { return NewCSV(io.Discard, document.Columns, p) },
		"pdf": func() (Encoder, error) { return NewPDF(io.Discard, document) },
	}
	for name, begin := range encoders {
		for what, row := range map[string][]Value{"a short row": {TextOf("x")}, "a long row": make([]Value, 3), "no such kind": {TextOf("x"), {Kind: 99}}} {
			e, err := begin()
			if err != nil {
				t.Fatal(err)
			}
			first := e.Row(row...)
			if first == nil || !strings.HasPrefix(first.Error(), name+": row 1: ") || !errors.Is(e.Close(), first) {
				t.Errorf("%s: %s: %v, then %v", name, what, first, e.Close())
			}
		}
		e, _ := begin()
		if err := e.Close(); err != nil {
			t.Errorf("%s: close: %v", name, err)
		}
		if err := e.Row(TextOf("x"), TextOf("y")); !errors.Is(err, errClosed) {
			t.Errorf("%s: row after close: %v", name, err)
		}
	}
}
