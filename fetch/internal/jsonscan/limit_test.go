package jsonscan

import (
	"bytes"
	"fmt"
	"io"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"
	"testing/iotest"
	"unicode/utf8"
)

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

// What the library reads far behind the first row that the scanner cannot read: there it met
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
