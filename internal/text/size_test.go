package text

import "testing"

func TestASizeIsReadable(t *testing.T) {
	for n, want := range map[int64]string{-1: "?", 0: "0 B", 999: "999 B", 1500: "2 kB", 1_234_567: "1,2 MB"} {
		if got := Size(n, ","); got != want {
			t.Errorf("%d: %s", n, got)
		}
	}
}
