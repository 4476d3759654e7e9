package jsonscan

import (
	"strings"
	"testing"
)

// TestAWindowGrowsALongWayAtATime: blanks before a row may be many, and are not scanned anew for each piece of them.
func TestAWindowGrowsALongWayAtATime(t *testing.T) {
	w := window{r: strings.NewReader(strings.Repeat(" ", 30<<20))}
	times := 0
	for ; w.more(); times++ {
		if cap(w.b) > 48<<20 {
			t.Fatalf("%d bytes", cap(w.b))
		}
	}
	if times > 14 {
		t.Errorf("it grew %d times", times)
	}
	w = window{r: strings.NewReader(strings.Repeat("x", 30<<20))}
	for len(w.b) <= maxRow && w.more() {
	}
	if len(w.b) > maxRow+64<<10 {
		t.Errorf("%d bytes were read of a row that may have %d", len(w.b), maxRow)
	}
}
