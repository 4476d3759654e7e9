package dinterojson

import (
	"bytes"
	"fmt"
	"io"
	"math/rand/v2"
	"reflect"
	"runtime"
	"strings"
	"testing"
	"testing/iotest"
	"unicode/utf8"

	"rapport/internal/payment"
)

// A bomb is a row that would take much memory for few bytes.
func bombs() map[string]string {
	names := func(n int) string {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, `,"n%d":0`, i)
		}
		return b.String()
	}
	many := func(n int, element string) string { return strings.Repeat(element+",", n-1) + element }
	const at = `"created_at":"2026-11-19T10:00:00Z"`
	return map[string]string{
		"events":                     `,"events":[` + many(maxEvents+1, "{}") + `]`,
		"items":                      `,"items":[` + many(maxElements+1, "{}") + `]`,
		"shipping_option":            `,"shipping_option":{"amount":1,"splits":[` + many(maxElements+1, "{}") + `]}`,
		"splits":                     `,"events":[{"event":"CAPTURE","amount":1,` + at + `,"splits":[` + many(maxElements+1, "{}") + `]}]`,
		"settlements":                `,"events":[{"event":"CAPTURE","amount":1,` + at + `,"settlements":{"events":[` + many(maxElements+1, "{}") + `]}}]`,
		"items of an event":          `,"events":[{"event":"CAPTURE","amount":1,` + at + `,"items":[` + many(maxElements+1, "{}") + `]}]`,
		"many lists of few":          `,"items":[` + many(100, `{"splits":[`+many(300, `{"payout_destination_id":"a","amount":1}`)+`]}`) + `]`,
		"names of an ignored object": `,"metadata":{"a":0` + names(maxNames) + `}`,
		"names of a part of it":      `,"session":{"x":[{"a":0` + names(maxNames) + `}]}`,
		"names of the row":           names(maxNames),
		"names of an event":          `,"events":[{"event":"VOID"` + names(maxNames) + `}]`,
		"names that are long":        `,"metadata":{"` + strings.Repeat("x", 100_000) + `":0` + names(maxNames) + `}`,
	}
}

// refusalOf reads a row and is what it refuses.
func refusalOf(row string, library bool) (got string) {
	all, err := read(strings.NewReader("["+row+"]"), library)
	if err != nil || len(all) != 1 {
		return fmt.Sprint(err)
	}
	for _, e := range all[0].Events {
		if e.Fault != nil {
			return all[0].ID + ": " + e.Fault.Error()
		}
	}
	return fmt.Sprint(all[0].ID, ": ", all[0].Fault)
}

// Whatever a row has too many of, it is refused by name, scanned or read by the library,
// also where its id comes last.
func TestARowOfTooManyThingsIsRefusedByItsID(t *testing.T) {
	for name, bomb := range bombs() {
		first, last := minimal(bomb)[1:len(minimal(bomb))-1], `{"amount":1,"currency":"NOK","created_at":"2026-11-19T10:00:00Z"`+bomb+`,"id":"T1"}`
		for _, row := range []string{first, last} {
			for _, library := range []bool{false, true} {
				if got := refusalOf(row, library); !strings.HasPrefix(got, "T1: ") || !strings.Contains(got, "has") || !strings.Contains(got, "more than") {
					t.Errorf("%s, by the library %v: %.200s", name, library, got)
				}
			}
		}
	}
}

// As many as anybody has are read.
func TestARowOfManyThingsIsRead(t *testing.T) {
	var events, items []string
	for i := range 900 {
		events = append(events, fmt.Sprintf(`{"id":"%d","event":"CAPTURE","amount":1,"created_at":"2026-11-19T10:00:00Z"}`, i))
	}
	for i := range 4900 {
		items = append(items, fmt.Sprintf(`{"line_id":"%d","amount":1,"splits":[{"payout_destination_id":"a","amount":1}]}`, i))
	}
	all, err := decodeTransactions(minimal(`,"events":[` + strings.Join(events, ",") + `],"items":[` + strings.Join(items, ",") + `]`))
	if err != nil || all[0].Fault != nil || len(all[0].Events) != 900 || len(all[0].Lines) != 4900 {
		t.Errorf("%v", err)
	}
}

// 2 MiB of empty events are 2 kB when they are packed; 32 MiB of them are a page.
func TestBombsTakeNoMemory(t *testing.T) {
	page := func(row string) io.Reader {
		times := maxPage / 2 / len(row)
		return io.MultiReader(strings.NewReader("["+row), &repeat{text: "," + row, times: min(times, 300)}, strings.NewReader("]"))
	}
	for name, bomb := range bombs() {
		bomb = strings.Replace(bomb, "{},{}", strings.Repeat("{},", 700_000)+"{}", 1)
		row := `{"id":"T1","amount":1,"currency":"NOK","created_at":"2026-11-19T10:00:00Z"` + bomb + "}"
		for _, way := range []string{"scanned", "by the library"} {
			var before, after runtime.MemStats
			runtime.GC()
			runtime.ReadMemStats(&before)
			most := uint64(0)
			var kept []payment.Transaction
			in := page(row)
			if way == "by the library" {
				in = io.MultiReader(strings.NewReader(`[{"id":"x","a":`+strings.Repeat("[", maxDepth)+strings.Repeat("]", maxDepth)+`},`), &skipFirst{r: page(row)})
			}
			_, err := decodePage(&LimitedReader{R: in}, bareArray, convertTransaction, func(t payment.Transaction) error {
				kept = append(kept, t)
				if len(kept)%20 == 1 {
					runtime.GC()
					runtime.ReadMemStats(&after)
					most = max(most, after.HeapAlloc)
				}
				return nil
			})
			if grown := int64(most) - int64(before.HeapAlloc); grown > maxPage+24<<20 {
				t.Errorf("%s, %s: the heap grew by %d MB for %d rows, %v", name, way, grown>>20, len(kept), err)
			}
			runtime.KeepAlive(kept)
		}
	}
}

// skipFirst leaves out the first byte.
type skipFirst struct {
	r    io.Reader
	done bool
}

func (s *skipFirst) Read(p []byte) (int, error) {
	if !s.done {
		s.done = true
		if _, err := io.ReadFull(s.r, make([]byte, 1)); err != nil {
			return 0, err
		}
	}
	return s.r.Read(p)
}

// cutRandomly reads in pieces of any size, as a network gives them.
type cutRandomly struct {
	r      io.Reader
	chance *rand.Rand
}

func (c *cutRandomly) Read(p []byte) (int, error) {
	return c.r.Read(p[:min(len(p), 1+c.chance.IntN(1<<c.chance.IntN(18)))])
}

// The same bytes give the same rows and the same error, however the network cut them.
func FuzzTheSameBytesGiveTheSameError(f *testing.F) {
	real := realRows(f)
	for seed := range uint64(200) {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, seed uint64) {
		chance := rand.New(rand.NewPCG(seed, 3))
		var text [][]byte
		for range 1 + chance.IntN(40) {
			text = append(text, real[chance.IntN(len(real))])
		}
		text = append(text, damaged(chance, real))
		page := append(append([]byte("["), bytes.Join(text, []byte(","))...), ']')
		if chance.IntN(4) == 0 {
			page = page[:chance.IntN(len(page))]
		}
		want, wantErr := read(bytes.NewReader(page), false)
		for name, r := range map[string]io.Reader{"bytes": iotest.OneByteReader(bytes.NewReader(page)), "halves": iotest.HalfReader(bytes.NewReader(page)), "at random": &cutRandomly{bytes.NewReader(page), chance}} {
			got, err := read(r, false)
			if fmt.Sprint(err) != fmt.Sprint(wantErr) || !reflect.DeepEqual(want, got) {
				t.Fatalf("%s: %d rows, %v\nin one go: %d rows, %v\nUTF-8: %v", name, len(got), err, len(want), wantErr, utf8.Valid(page))
			}
		}
	})
}

// What a library reads far behind the first row that the scanner cannot read: there it met
// half a rune where the network had cut it, or had given more rows before the fault.
func TestAFaultFarBehindIsToldAlikeHoweverThePageIsCut(t *testing.T) {
	odd := `{"id":"x","amount":1,"currency":"NOK","created_at":"2026-11-19T10:00:00Z","a":` + strings.Repeat("[", maxDepth) + strings.Repeat("]", maxDepth) + `}`
	for _, fault := range []string{`{"id":å}`, "{\"id\":\"\xff\"}", `{"id":"T1","id":1}`, `7`, `{"id":tru\u00e5}`} {
		page := "[" + odd + "," + strings.Repeat(odd+",", 1000) + fault + "," + strings.Repeat(odd+",", 1000) + "{}]"
		want, wantErr := read(strings.NewReader(page), false)
		for name, r := range map[string]io.Reader{"bytes": iotest.OneByteReader(strings.NewReader(page)), "at random": &cutRandomly{strings.NewReader(page), rand.New(rand.NewPCG(1, 2))}} {
			got, err := read(r, false)
			if err == nil || err.Error() != wantErr.Error() || len(got) != len(want) || strings.Contains(fault, "\xff") && !strings.Contains(err.Error(), "is not UTF-8 text") {
				t.Errorf("%q, %s: %d rows, %v\nin one go: %d rows, %v", fault, name, len(got), err, len(want), wantErr)
			}
		}
	}
}

// A page ends at its limit, wherever the network cut it there.
func TestAPagesLimitDoesNotDependOnHowItIsCut(t *testing.T) {
	for _, size := range []int{1, 1000, 1 << 20, 3 << 20} {
		n, limited := 0, &LimitedReader{R: &repeat{text: strings.Repeat(" ", size), times: maxPage/size + 2}}
		var err error
		for err == nil {
			var read int
			read, err = limited.Read(make([]byte, size+7))
			n += read
		}
		if n != maxPage || err != ErrTooLong {
			t.Errorf("pieces of %d: %d bytes, %v", size, n, err)
		}
	}
}
