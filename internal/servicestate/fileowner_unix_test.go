//go:build unix

package servicestate

import (
	"os"
	"path/filepath"
	"testing"
)

// TestSomebodyElseHearsWhoseTheLedgerIs: a user who cannot look into the service's directory must not begin a ledger.
func TestSomebodyElseHearsWhoseTheLedgerIs(t *testing.T) {
	if os.Geteuid() == 0 {
		return // who reads everything
	}
	root, config := t.TempDir(), write(t, filepath.Join(t.TempDir(), "shop.yaml"), "")
	dir := filepath.Join(root, "rapport", "shop")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(dir, 0); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.Chmod(dir, 0o700) })
	if _, hidden := (Host{Root: root}).marked(config); hidden != dir {
		t.Errorf("hidden: %q, want %s", hidden, dir)
	}
	if _, err := (Host{Root: root}).Find(config); err != nil {
		t.Errorf("a file of our own: %v", err)
	}
}
