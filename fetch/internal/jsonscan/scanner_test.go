package jsonscan

import (
	"bytes"
	"encoding/json"
	"fmt"
	"hash/maphash"
	"io"
	"maps"
	"math/rand/v2"
	"rapport/fetch/internal/jsontest"
	"reflect"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

// readByLibrary reads one row as it is read where the scanner does not.
func readByLibrary(text []byte) (sale, error) {
	rows := sales()
	if !utf8.Valid(text) {
		return sale{}, errNotUTF8
	}
	d := &Decoder{dec: newTextDecoder(bytes.NewReader(text)), seed: maphash.MakeSeed()}
	t, err := rows.decode(d)
	if err != nil {
		return sale{}, err
	}
	return t, d.End()
}

// agree makes sure that what the scanner reads, the library reads as the same row;
// and that, but for blanks around it and what is too large, the scanner reads what
// the library does.
func agree(t *testing.T, rows *Rows[rawSale, sale], text []byte) {
	t.Helper()
	want, wantErr := readByLibrary(text)
	got, end, err := rows.scan(text, 0)
	if end != len(text) {
		large := bytes.Count(text, []byte(",")) >= maxMembers || bytes.Count(text, []byte("["))+bytes.Count(text, []byte("{")) > maxDepth
		if wantErr == nil && !large && len(bytes.TrimSpace(text)) == len(text) {
			t.Fatalf("the scanner does not read %.9000q", text)
		}
		return
	}
	if fmt.Sprint(err) != fmt.Sprint(wantErr) {
		t.Fatalf("%q:\nscanner %v\nlibrary %v", text, err, wantErr)
	}
	if err == nil && !reflect.DeepEqual(want, got) {
		t.Fatalf("%q: -library +scanner:\n%s", text, cmp.Diff(want, got))
	}
}

func FuzzTheScannerAgreesWithTheLibrary(f *testing.F) {
	for _, row := range realRows(f) {
		f.Add(row)
	}
	for _, value := range []string{"0", "-", "-0", "00", "01", "-01", "1.", ".5", "1.0", "1e", "1e+", "1E-07", "1e5.", "+1", "tru", "nulL", "falsey",
		`"\u00fF"`, `"\u00fg"`, `"\u00f"`, `"\x"`, `"\`, "\"\x1f\"", "\"\x7f\"", "\"\xc3\"", `"å"`, "[1,]", "[,1]", "[1 2]", `{"a"}`, `{"a":}`, `{"a":1,}`, `{"a":1 "b":2}`, `{a:1}`,
		`{"a":1,"b":2,"a":3}`, `{"a":1,"\u0061":3}`, `{"\ud83d":1,"\ufffd":2}`, `{"":1,"":2}`, `"` + strings.Repeat("x", 99) + "\x00" + `"`} {
		f.Add([]byte(`{"x":` + value + `}`))
	}
	rows := sales()
	f.Fuzz(func(t *testing.T, text []byte) { agree(t, rows, text) })
}

func FuzzTheScannerAgreesOnDamagedRows(f *testing.F) {
	real := realRows(f)
	rows := sales()
	for seed := range uint64(300) {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, seed uint64) {
		agree(t, rows, damaged(rand.New(rand.NewPCG(seed, 1)), real))
	})
}

// damaged is one of the rows with a few pieces lost, doubled, swapped or changed.
func damaged(chance *rand.Rand, rows [][]byte) []byte {
	text := bytes.Clone(rows[chance.IntN(len(rows))])
	pieces := []string{`"`, `\`, `,`, `:`, `{`, `}`, `[`, `]`, `0`, `-`, `.`, `e`, ` `, "\n", "\x00", "\x1f", "\x7f", "\xff", "å", "\u2028",
		`null`, `true`, `""`, `{}`, `[]`, `\u`, `\ud83d`, `"id":`, `"amount":1`, `"a":1,`, `1e3`, `01`, `-0`, `[{}]`}
	for range 1 + chance.IntN(3) {
		from := chance.IntN(len(text) + 1)
		to := min(len(text), from+chance.IntN(1+chance.IntN(40)))
		put := []byte(pieces[chance.IntN(len(pieces))])
		switch chance.IntN(4) {
		case 0:
			put = nil
		case 1:
			put = bytes.Repeat(text[from:to], 2)
		case 2:
			other := chance.IntN(len(text) + 1)
			put = bytes.Clone(text[other:min(len(text), other+to-from)])
		}
		text = append(text[:from:from], append(put, text[to:]...)...)
	}
	return text
}

// read reads a page; wholly by the library, where library is set.
func read(r io.Reader, library bool) (all []sale, err error) {
	rows := sales()
	keep := func(row sale) error { all = append(all, row); return nil }
	if library {
		return all, rows.decodeRest(&window{r: &evenReader{r: r}}, 0, keep)
	}
	return all, rows.ScanArray(r, keep)
}

// words are those of an error, without what the library quotes: that ends where its memory did.
func words(err error) string {
	text, _, _ := strings.Cut(fmt.Sprint(err), ": invalid ")
	return text
}

func FuzzAPageIsReadAsTheLibraryReadsIt(f *testing.F) {
	real := realRows(f)
	f.Add(append(append([]byte("\ufeff [\n"), bytes.Join(real, []byte(" ,\r\n"))...), "\n] "...))
	for _, damage := range []string{`{}]`, `,{}]`, `,]`, `,{"id":tru}]`, `,{"id":"x","id":1}]`, ` ] x`, `,7]`, `,,`, `}`, `,{"x":[1 2]}]`, `,{`} {
		f.Add(append(append([]byte("["), real[1]...), damage...))
	}
	for _, page := range []string{`[]`, `[ {} {}]`, `[{},]`, `[,{}]`, `[{}`, `[1]`, minimal("") + "x", minimal(`},{"id":"`), "\ufeff\ufeff[]"} {
		f.Add([]byte(page))
	}
	f.Fuzz(func(t *testing.T, page []byte) {
		want, wantErr := read(bytes.NewReader(page), true)
		for name, r := range map[string]io.Reader{"whole": bytes.NewReader(page), "byte by byte": iotest.OneByteReader(bytes.NewReader(page))} {
			got, err := read(r, false)
			if !utf8.Valid(page) { // the library sees that before the rows before it
				want, wantErr, got, err = nil, nil, nil, nil
			}
			if words(err) != words(wantErr) {
				t.Fatalf("%s, %q:\nscanner %v\nlibrary %v", name, page, err, wantErr)
			}
			if !reflect.DeepEqual(want, got) {
				t.Fatalf("%s, %q: -library +scanner:\n%s", name, page, cmp.Diff(want, got))
			}
		}
	})
}

func TestWhatIsTooLargeForTheScannerIsLeftToTheLibrary(t *testing.T) {
	var wide strings.Builder
	for i := range 300 {
		fmt.Fprintf(&wide, `"%d":0,`, i)
	}
	for name, value := range map[string]string{
		"deep": strings.Repeat("[", maxDepth) + strings.Repeat("]", maxDepth),
		"wide": "{" + strings.TrimSuffix(wide.String(), ",") + "}",
	} {
		text := strings.TrimSuffix(strings.TrimPrefix(minimal(`,"metadata":`+value), "["), "]")
		rows := sales()
		if _, end, _ := rows.scan([]byte(text), 0); end != unsupported {
			t.Errorf("%s: scanned to %d of %d", name, end, len(text))
		}
		for form, content := range map[string]string{"lines": text + "\n" + text, "array": "[" + text + "," + text + "]"} {
			n := 0
			if err := DecodeFile(strings.NewReader(content), sales, func(sale) error { n++; return nil }); err != nil || n != 2 {
				t.Errorf("%s, %s: got %d rows, %v", name, form, n, err)
			}
		}
	}
}

func TestAPageThatIsOddIsNotReadOnForIt(t *testing.T) {
	page := jsontest.Repeat("["+strings.Repeat(" ", 1<<16), 1<<10)
	err := sales().ScanArray(io.MultiReader(strings.NewReader("[7,"), page), nil)
	if read := 1<<10 - page.Left; err == nil || read > 4 {
		t.Errorf("%d times 64 KB were read, %v", read, err)
	}
}

// bent is a row with some of its values put in the place of others.
func bent(chance *rand.Rand, row []byte) []byte {
	var tree any
	decoder := json.NewDecoder(strings.NewReader(string(row)))
	decoder.UseNumber()
	if decoder.Decode(&tree) != nil {
		return row
	}
	odd := []any{nil, true, false, "", "x", "7", json.Number("7"), json.Number("-7"), json.Number("12345.0"), json.Number("1.5"), json.Number("1e3"), json.Number("1e400"), json.Number("-0"),
		[]any{}, map[string]any{}, []any{nil}, []any{map[string]any{}}, map[string]any{"a": 1}, []any{1, "x"}, "2026-11-19T10:00:00Z", "CHARGEBACK"}
	var walk func(v any) any
	walk = func(v any) any {
		if chance.IntN(25) == 0 {
			return odd[chance.IntN(len(odd))]
		}
		switch v := v.(type) {
		case map[string]any:
			for _, key := range slices.Sorted(maps.Keys(v)) { // the same for the same seed
				v[key] = walk(v[key])
			}
		case []any:
			for i := range v {
				v[i] = walk(v[i])
			}
		}
		return v
	}
	text, err := json.Marshal(walk(tree))
	if err != nil {
		return row
	}
	return text
}

func FuzzTheScannerAgreesOnValuesOfOtherTypes(f *testing.F) {
	real := realRows(f)
	rows := sales()
	for seed := range uint64(500) {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, seed uint64) {
		chance := rand.New(rand.NewPCG(seed, 2))
		agree(t, rows, bent(chance, real[chance.IntN(len(real))]))
	})
}
