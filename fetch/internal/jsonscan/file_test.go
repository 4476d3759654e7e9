package jsonscan

import (
	"errors"
	"io"
	"rapport/fetch/internal/jsontest"
	"runtime"
	"strings"
	"testing"
)

// Memory does not grow with the file: 10,000 rows of 4 KB, 40 MB, in either form.
func TestAFileIsReadInFlatMemory(t *testing.T) {
	if testing.Short() {
		t.Skip("reads 80 MB")
	}
	filler := `,"session":{"text":"` + strings.Repeat("x", 4000) + `"}}`
	one := strings.TrimSuffix(row("a"), "}") + filler
	for name, form := range map[string][3]string{"NDJSON": {"", "\n", "\n"}, "array": {"[", ",", "]"}} {
		t.Run(name, func(t *testing.T) {
			const n = 10_000
			in := io.MultiReader(strings.NewReader(form[0]), jsontest.Repeat(one+form[1], n-1), strings.NewReader(one+form[2]))
			var before, after runtime.MemStats
			runtime.GC()
			runtime.ReadMemStats(&before)
			rows, most := 0, uint64(0)
			err := DecodeFile(in, sales, func(sale) error {
				if rows++; rows%1000 == 0 {
					runtime.GC()
					runtime.ReadMemStats(&after)
					most = max(most, after.HeapAlloc)
				}
				return nil
			})
			if err != nil || rows != n {
				t.Fatalf("got %d rows, %v", rows, err)
			}
			if grown := int64(most) - int64(before.HeapAlloc); grown > 4<<20 {
				t.Errorf("the heap grew by %d KB", grown>>10)
			}
		})
	}
}

func TestALineWithoutEndIsRefused(t *testing.T) {
	if testing.Short() {
		t.Skip("reads 64 MB")
	}
	in := io.MultiReader(strings.NewReader(`{"metadata":"`), jsontest.Repeat(strings.Repeat("x", 1<<16), 1<<12))
	err := DecodeFile(in, sales, func(sale) error { return nil })
	if !errors.Is(err, errRowTooLong) {
		t.Errorf("got %v", err)
	}
}

func TestARowOfAnArrayHasABound(t *testing.T) {
	if testing.Short() {
		t.Skip("reads 80 MB")
	}
	in := io.MultiReader(strings.NewReader(`[{"id":"`), jsontest.Repeat(strings.Repeat("x", 1<<20), 80))
	if err := DecodeFile(in, sales, func(sale) error { return nil }); !errors.Is(err, errRowTooLong) {
		t.Errorf("got %v", err)
	}
}
