package jsonscan

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"reflect"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
	"testing/synctest"
	"time"
)

// longFile is NDJSON of several blocks: blank lines, lines longer than a block, and
// one that ends where a block does. The k-th row's id is k.
func longFile(n int) string {
	var b strings.Builder
	for k := range n {
		text := row(fmt.Sprint(k))
		switch {
		case k == 100:
			text = strings.Replace(text, "{", `{"user_agent":"`+strings.Repeat("x", blockSize+1000)+`",`, 1)
		case k == 200:
			text += strings.Repeat(" ", 3*blockSize-b.Len()%blockSize-len(text)-1)
		case k%7 == 0:
			text = "\r\n \n" + text
		}
		b.WriteString(text + "\n")
	}
	return b.String()
}

func TestAFaultAnywhereInALongFileIsToldByItsLine(t *testing.T) {
	const n = 3000
	whole := longFile(n)
	lines := strings.SplitAfter(whole, "\n")
	for _, fault := range []int{-1, 0, 128, 129, 130, 229, 230, 231, 3500} {
		content, at, want := whole, 0, "<nil>"
		if fault >= 0 {
			broken := slices.Clone(lines)
			broken[fault] = "[]\n"
			content, at = strings.Join(broken, ""), len(strings.Join(broken[:fault], ""))
			want = fmt.Sprintf("line %d (byte %d): is an array, not an object", fault+1, at)
		}
		rows := strings.Count(whole[:min(at, len(whole))], `"currency"`)
		if fault < 0 {
			rows = n
		}
		for name, in := range map[string]io.Reader{"whole": strings.NewReader(content), "half by half": iotest.HalfReader(strings.NewReader(content))} {
			k := 0
			err := decodeLines(bufio.NewReader(in), sales, func(got sale) error {
				if got.ID != fmt.Sprint(k) {
					return fmt.Errorf("got %s in place of %d", got.ID, k)
				}
				k++
				return nil
			})
			if fmt.Sprint(err) != want || k != rows {
				t.Errorf("%s, line %d: got %d rows, %v\nwant %d, %s", name, fault+1, k, err, rows, want)
			}
		}
	}
}

func TestAFileThatBreaksOffYieldsTheLinesBefore(t *testing.T) {
	torn := errors.New("the disk is gone")
	const n = 3000
	whole := longFile(n)
	cut := len(whole) - 50
	k := 0
	err := decodeLines(bufio.NewReader(io.MultiReader(strings.NewReader(whole[:cut]), iotest.ErrReader(torn))), sales, func(sale) error { k++; return nil })
	start := strings.LastIndexByte(whole[:cut], '\n') + 1
	if want := fmt.Sprintf("line %d (byte %d): the disk is gone", strings.Count(whole[:cut], "\n")+1, start); k != n-1 || !errors.Is(err, torn) || err.Error() != want {
		t.Errorf("got %d rows, %v\nwant %d, %s", k, err, n-1, want)
	}
}

func TestNoDecodingOutlivesItsReader(t *testing.T) {
	content := longFile(3000)
	for _, stop := range []int{1, 99, 2500} {
		synctest.Test(t, func(t *testing.T) {
			k := 0
			err := decodeLines(bufio.NewReader(strings.NewReader(content)), sales, func(sale) error {
				if k++; k == stop {
					return context.Canceled
				}
				return nil
			})
			if k != stop || !errors.Is(err, context.Canceled) || !strings.HasPrefix(err.Error(), "line ") {
				t.Errorf("got %d rows, %v", k, err)
			}
		})
	}
}

func TestAReadUnderWayIsWaitedFor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		slow := &slowReader{}
		err := decodeLines(bufio.NewReader(io.MultiReader(strings.NewReader(longFile(150)), slow)), sales, func(sale) error {
			<-time.After(time.Second) // all else waits by then
			return context.Canceled
		})
		if !errors.Is(err, context.Canceled) || !slow.done {
			t.Errorf("it returned before its reader had, with %v", err)
		}
	})
}

// slowReader takes a minute to say that nothing is there.
type slowReader struct{ done bool }

func (s *slowReader) Read([]byte) (int, error) {
	<-time.After(time.Minute)
	s.done = true
	return 0, io.EOF
}

// linesByLibrary reads NDJSON as it should be read: line after line, by the library.
func linesByLibrary(content []byte) (all []sale, err error) {
	at := 0
	for n, line := range bytes.SplitAfter(content, []byte("\n")) {
		text := line
		if n == 0 {
			text = bytes.TrimPrefix(text, []byte(byteOrderMark))
		}
		if text = bytes.TrimSpace(text); len(text) > 0 {
			row, err := readByLibrary(text)
			if err != nil {
				return all, fmt.Errorf("line %d (byte %d): %w", n+1, at, err)
			}
			all = append(all, row)
		}
		at += len(line)
	}
	return all, nil
}

func FuzzLinesAreReadAsTheLibraryReadsThem(f *testing.F) {
	for _, seed := range []string{row("a") + "\n" + row("b"), "\ufeff" + row("a") + "\r\n\n" + row("b") + " x\n", "\ufeff\n\ufeff{}", "{}\n", string(bytes.Join(realRows(f)[1:], []byte("\n")))} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, content []byte) {
		want, wantErr := linesByLibrary(content)
		var got []sale
		err := decodeLines(bufio.NewReader(bytes.NewReader(content)), sales, func(row sale) error { got = append(got, row); return nil })
		if words(err) != words(wantErr) || !reflect.DeepEqual(want, got) {
			t.Fatalf("%q:\ngot     %v\nlibrary %v", content, err, wantErr)
		}
	})
}
