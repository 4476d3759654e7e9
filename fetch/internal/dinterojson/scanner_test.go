package dinterojson

import (
	"bytes"
	"fmt"
	"hash/maphash"
	"io"
	"math/rand/v2"
	"os"
	"reflect"
	"strings"
	"testing"
	"testing/iotest"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"rapport/internal/payment"
)

// readByLibrary reads one row as it is read where the scanner does not.
func readByLibrary(text []byte) (payment.Transaction, error) {
	rows := rowDecoder[rawTransaction, payment.Transaction]{convert: convertTransaction}
	if !utf8.Valid(text) {
		return payment.Transaction{}, errNotUTF8
	}
	l := &library{dec: newDecoder(bytes.NewReader(text)), seed: maphash.MakeSeed()}
	t, err := rows.decode(l)
	if err != nil {
		return payment.Transaction{}, err
	}
	return t, decodeEnd(l.dec, 0)
}

// agree makes sure that what the scanner reads, the library reads as the same row;
// and that, but for blanks around it and what is too large, the scanner reads what
// the library does.
func agree(t *testing.T, rows *rowDecoder[rawTransaction, payment.Transaction], text []byte) {
	t.Helper()
	want, wantErr := readByLibrary(text)
	rows.check = checker{}
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

// realRows are transactions as Dintero gives them, each on a line of its own.
func realRows(t testing.TB) [][]byte {
	t.Helper()
	page, err := os.ReadFile("testdata/published_example.json")
	if err != nil {
		t.Fatal(err)
	}
	example := bytes.TrimSpace(page)
	rows := [][]byte{bytes.TrimSpace(example[1 : len(example)-1])}
	for _, text := range []string{
		`,"merchant_reference":"\u00e5\"\\\ud83d\ude00 \ud83d","metadata":{"\u00f8":-1.5e+10,"o":[{},[],null,true,false,0,-0,1E5]}`,
		`,"amount_":9223372036854775808,"payout_destination_id":null,"store":null,"card":null,"items":null,"events":null`,
		`,"events":[{"event":"CAPTURE","amount":5,"created_at":"2026-11-19T10:00:00Z","splits":[{"payout_destination_id":"a","amount":1}],` +
			`"items":[{"line_id":7,"amount":-5,"splits":null}],"settlements":{"events":[{"settlement_id":"s","fee":1}]},"calculated_vat_amount":1},null]`,
		`,"items":[{},null],"events":[{"event":"CAPTURE","amount":5,"created_at":"2026-11-19T10:00:00Z"}]`,
	} {
		rows = append(rows, []byte(strings.Trim(minimal(text), "[]")))
	}
	return append(rows, bytes.TrimSpace(generated(1)))
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
	rows := rowDecoder[rawTransaction, payment.Transaction]{convert: convertTransaction}
	f.Fuzz(func(t *testing.T, text []byte) { agree(t, &rows, text) })
}

func FuzzTheScannerAgreesOnDamagedTransactions(f *testing.F) {
	real := realRows(f)
	rows := rowDecoder[rawTransaction, payment.Transaction]{convert: convertTransaction}
	for seed := range uint64(300) {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, seed uint64) {
		agree(t, &rows, damaged(rand.New(rand.NewPCG(seed, 1)), real))
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
func read(r io.Reader, library bool) (all []payment.Transaction, err error) {
	rows := rowDecoder[rawTransaction, payment.Transaction]{convert: convertTransaction}
	keep := func(t payment.Transaction) error { all = append(all, t); return nil }
	if library {
		return all, decodeRest(&window{r: &evenReader{r: r}}, 0, &rows, keep)
	}
	return all, scanArray(r, &rows, keep)
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
		rows := rowDecoder[rawTransaction, payment.Transaction]{convert: convertTransaction}
		if _, end, _ := rows.scan([]byte(text), 0); end != unsupported {
			t.Errorf("%s: scanned to %d of %d", name, end, len(text))
		}
		for form, content := range map[string]string{"lines": text + "\n" + text, "array": "[" + text + "," + text + "]"} {
			n := 0
			if err := decodeFile(strings.NewReader(content), convertTransaction, func(payment.Transaction) error { n++; return nil }); err != nil || n != 2 {
				t.Errorf("%s, %s: got %d rows, %v", name, form, n, err)
			}
		}
	}
}

func TestAPageThatIsOddIsNotReadOnForIt(t *testing.T) {
	page := &repeat{text: "[" + strings.Repeat(" ", 1<<16), times: 1 << 10}
	err := scanArray(io.MultiReader(strings.NewReader("[7,"), page), &rowDecoder[rawTransaction, payment.Transaction]{convert: convertTransaction}, nil)
	if read := 1<<10 - page.times; err == nil || read > 4 {
		t.Errorf("%d times 64 KB were read, %v", read, err)
	}
}
