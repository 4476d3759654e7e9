package main

import (
	"os"
	"testing"
)

// TestEveryMutationFits: whoever changes a line that one is about changes the mutation too.
func TestEveryMutationFits(t *testing.T) {
	if err := os.Chdir("../.."); err != nil {
		t.Fatal(err)
	}
	all, err := mutations()
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for _, m := range all {
		if _, _, err := m.apply(); err != nil {
			t.Error(err)
		}
		if seen[m.promise] {
			t.Errorf("%s: stands there twice", m.promise)
		}
		seen[m.promise] = true
	}
}
