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
	comment, _, _ := strings.Cut(string(source), "\npackage sandbox")
	for _, s := range newStores() {
		if !strings.Contains(comment, s.id) {
			t.Errorf("store %s is not named", s.id)
		}
	}
	for _, s := range newSellers() {
		if !strings.Contains(comment, s) || len(s) > 40 {
			t.Errorf("seller %s is not named, or too long", s)
		}
	}
}
