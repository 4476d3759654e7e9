package sandbox

import (
	"os"
	"strings"
	"testing"
)

func TestPackageCommentNamesStoresAndSellers(t *testing.T) {
	source, err := os.ReadFile("sandbox.go")
	if err != nil {
		t.Fatal(err)
	}
	simulated := newServer(t, 1, noon()).shop
	comment, _, _ := strings.Cut(string(source), "\npackage sandbox")
	for _, s := range simulated.Stores {
		if !strings.Contains(comment, s.ID) {
			t.Errorf("store %s is not named", s.ID)
		}
	}
	for _, s := range simulated.Sellers {
		if !strings.Contains(comment, s) || len(s) > 40 {
			t.Errorf("seller %s is not named, or too long", s)
		}
	}
}
