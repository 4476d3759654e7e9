package templates

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestWrapBreaksAtWordsAndNeverInsideANumber(t *testing.T) {
	got := wrap("  ", strings.Repeat("a ", 35)+"1\u00a0234,50 kr "+strings.Repeat("b", 80))
	want := strings.TrimSpace(strings.Repeat("a ", 35)) + "\n  1\u00a0234,50 kr\n  " + strings.Repeat("b", 70) + "\n  " + strings.Repeat("b", 10)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}
