package render

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"maps"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"rapport/internal/content"
)

// program runs an installed program on a PDF file, or skips the test.
func program(t *testing.T, pdf []byte, name string, args ...string) []byte {
	t.Helper()
	if _, err := exec.LookPath(name); err != nil {
		t.Skip(name + " is not installed")
	}
	path := filepath.Join(t.TempDir(), "document.pdf")
	if err := os.WriteFile(path, pdf, 0o600); err != nil {
		t.Fatal(err)
	}
	for i, arg := range args {
		args[i] = strings.ReplaceAll(arg, "PDF", path)
	}
	out, err := exec.Command(name, args...).Output()
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return out
}

// TestEachDocument compares texts and places with the golden files; -update leaves the
// documents themselves in a temporary directory, to be looked at.
func TestEachDocument(t *testing.T) {
	all := samples(t)
	for _, name := range slices.Sorted(maps.Keys(all)) {
		t.Run(name, func(t *testing.T) {
			var marks []drawnItem
			pdf := render(t, all[name], func(m drawnItem) { marks = append(marks, m) })
			validate(t, pdf)
			if *update {
				path := filepath.Join(os.TempDir(), "rapport-render-"+name+".pdf")
				if err := os.WriteFile(path, pdf, 0o600); err != nil {
					t.Fatal(err)
				}
				t.Log("look at " + path)
			}
			golden(t, name+".txt", describe(marks))
		})
	}
}

// describe writes what is where: the first two pages and the last, and a digest of those
// between them.
func describe(marks []drawnItem) []byte {
	slices.SortStableFunc(marks, func(a, b drawnItem) int {
		return cmp.Or(cmp.Compare(a.page, b.page), cmp.Compare(math.Round(a.y), math.Round(b.y)), cmp.Compare(a.x, b.x))
	})
	var out, between bytes.Buffer
	last, page, y := marks[len(marks)-1].page, 0, 0.0
	for _, m := range marks {
		to := &out
		if m.page > 2 && m.page < last {
			to = &between
		}
		switch {
		case m.page != page:
			if m.page == last && between.Len() > 0 {
				fmt.Fprintf(&out, "\n\npages 3 to %d: %x", last-1, sha256.Sum256(between.Bytes()))
			}
			fmt.Fprintf(to, "\n\npage %d, %.0f high\n%4.0f", m.page, m.pageHeight, m.y)
		case math.Round(m.y) != y:
			fmt.Fprintf(to, "\n%4.0f", m.y)
		}
		page, y = m.page, math.Round(m.y)
		if m.shape != "" {
			fmt.Fprintf(to, "  %.0f:<%s %.1f×%.1f>", m.x, m.shape, m.width, m.size)
		} else {
			fmt.Fprintf(to, "  %.0f:%s", m.x, m.text)
		}
	}
	return append(bytes.TrimSpace(out.Bytes()), '\n')
}

func TestTheSameDocumentMakesTheSameBytes(t *testing.T) {
	for name, s := range samples(t) {
		if strings.HasSuffix(name, ".many") || testing.Short() && !strings.HasSuffix(name, ".normal") {
			continue
		}
		first := render(t, s, nil)
		for range 4 {
			if !bytes.Equal(first, render(t, s, nil)) {
				t.Fatalf("%s: two renderings differ", name)
			}
		}
	}
}

func TestDocumentsAreMadeSideBySide(t *testing.T) {
	s := transactions(t, "no", 200, "NOK", "EUR")
	want := render(t, s, nil)
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			if !bytes.Equal(want, render(t, s, nil)) {
				t.Error("two renderings differ")
			}
		})
	}
	group.Wait()
}

func TestRowsThatShowNothingAreNoTable(t *testing.T) {
	d := Document{Printer: printer(t, "no"), Columns: []content.Column{{Title: "a", Kind: content.Text, Rank: 1}, {Title: "b", Kind: content.Text, Rank: 2}}}
	got := texts(t, sample{d, [][]content.Value{{content.TextOf(" "), content.TextOf("x")}, {content.TextOf("\t"), content.TextOf("x")}}})
	if want := []string{"Detaljer  ·  2", "b x"}; !slices.Equal(got[:2], want) {
		t.Errorf("the document says %q, not %q", got, want)
	}
}

func TestPropertiesOfADocument(t *testing.T) {
	pdf := render(t, transactions(t, "no", 3, "NOK"), nil)
	info := string(program(t, pdf, "pdfinfo", "-isodates", "PDF"))
	for _, want := range []string{"Dagsoppgjør Oslo, torsdag 19. november 2026", "Fjordfisk AS", "Transaksjoner", "Rapport 1.2.0", "Rapport nr. 128, 19.11.2026 00:00 – 20.11.2026 00:00 (Europe/Oslo), Org.nr. 940", "2026-11-20T06:00:12", "595.28 x 841.89 pts (A4)"} {
		if !strings.Contains(info, want) {
			t.Errorf("pdfinfo does not tell %q:\n%s", want, info)
		}
	}
	if !bytes.Contains(pdf, []byte("/Lang (nb)")) {
		t.Error("the document does not tell its language")
	}
	for _, bad := range []string{"/JS", "/OpenAction", "/Launch", "/URI"} {
		if bytes.Contains(pdf, []byte(bad)) {
			t.Errorf("the document holds %s", bad)
		}
	}
}

func TestFootnoteIsThereOnlyWhenACharacterIsMissing(t *testing.T) {
	for text, want := range map[string]bool{"Åse & Sønn – 100 €": false, "plain": false, "e\u0301": false, "a\u200db": false, "👩": false, "\x07": true, "مرحبا": false, "\xff": true, "中": false, "\U000f0000": true, "שלום": false} {
		s := transactions(t, "no", 2, "NOK")
		s.rows[0][3] = content.TextOf(text)
		for key, more := range map[string]string{"": "", "document.characters_in_csv": " CSV-filen har dem uendret.", "document.characters_in_xlsx": " Regnearket har dem uendret."} {
			s.document.CharactersElsewhere = key
			got := false
			render(t, s, func(m drawnItem) { got = got || m.text == "Tegn som skrifttypen mangler, vises som ?."+more })
			if got != want {
				t.Errorf("%q: footnote %q: %t", text, key, got)
			}
		}
	}
}

func TestAWriteThatFailsIsAnError(t *testing.T) {
	s := transactions(t, "no", 2, "NOK")
	e, err := NewPDF(&brokenWriter{left: 10}, s.document)
	if err != nil {
		t.Fatal(err)
	}
	if err := e.Close(); !errors.Is(err, errFull) {
		t.Errorf("close on a full disk: %v", err)
	}
	if err := e.Close(); !errors.Is(err, errFull) {
		t.Errorf("close again: %v", err)
	}
}

// wrongRows are no rows of two columns.
var wrongRows = map[string][]content.Value{"a short row": {content.TextOf("x")}, "a long row": make([]content.Value, 3), "no such kind": {content.TextOf("x"), {Kind: 99}}}

func TestWrongUseIsAnError(t *testing.T) {
	document := Document{Printer: printer(t, "no"), Columns: []content.Column{{Title: "a", Kind: content.Text, Rank: 1}, {Title: "b", Kind: content.Text, Rank: 1}}}
	for what, row := range wrongRows {
		p, err := NewPDF(io.Discard, document)
		if err != nil {
			t.Fatal(err)
		}
		first := p.Row(row...)
		if first == nil || !strings.HasPrefix(first.Error(), "pdf: row 1: ") || !errors.Is(p.Close(), first) {
			t.Errorf("%s: %v, then %v", what, first, p.Close())
		}
	}
	p, err := NewPDF(io.Discard, document)
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Close(); err != nil {
		t.Errorf("close: %v", err)
	}
	if err := p.Row(content.TextOf("x"), content.TextOf("y")); !errors.Is(err, errClosed) {
		t.Errorf("row after close: %v", err)
	}
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

func FuzzPDFText(f *testing.F) {
	for i, s := range nasty {
		f.Add(s, nasty[(i+5)%len(nasty)], uint8(i))
	}
	f.Fuzz(func(t *testing.T, a, b string, n uint8) {
		p := printer(t, "no")
		d := Document{Printer: p, Title: a, Period: b, Subtitle: a, Span: b, Organization: content.Organization{Name: a, Number: b, Logo: []byte(a)},
			Facts: []content.Fact{{Label: a, Value: b}, {Label: b, Value: a}}, Notes: []string{a, b}, Created: time.Unix(0, 0).UTC(),
			Tables:  []content.Table{{Title: a, Head: []string{a, b}, Right: []bool{true}, Rows: [][]string{{b}, {a, b, a}}, Total: n%2 == 0}},
			Columns: []content.Column{{Title: a, Kind: content.Text, Rank: 1}, {Title: b, Kind: content.Text, Rank: 2}, {Title: "x", Kind: content.Decimal, Rank: 3}, {Title: a + b, Kind: content.Money, Rank: 1}}}
		d.Headlines = []content.Headline{{Label: a, Amount: b, Change: a, Parts: []content.Part{{Label: b, Amount: a, Count: b}}}, {Label: b, Amount: a, Change: "", Parts: nil}}
		d.Check, d.Remarks, d.Number, d.Program = content.Check{State: checkStates[n%4], Text: b, Details: []string{a}}, []string{b, a}, a, b
		d.Urgent, d.Charts = d.Tables, []content.Chart{{Title: a, Bars: []content.Bar{{Label: a, Amount: b, Minor: int64(n)}, {Label: b, Amount: a, Minor: -1 << (n % 64)}}}}
		s := sample{document: d}
		for i := range int(n) % 60 {
			s.rows = append(s.rows, []content.Value{content.TextOf(a[:i%(len(a)+1)]), content.TextOf(b), content.DecimalOf(a), content.MoneyOf(int64(i)<<(n%56), "NOK")})
		}
		var marks []drawnItem
		pdf := render(t, s, func(m drawnItem) { marks = append(marks, m) })
		checkGeometry(t, marks)
		validate(t, pdf)
	})
}
