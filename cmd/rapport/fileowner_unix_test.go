//go:build unix

package main

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestWhatRootMakesIsTheServices: ledger, archive and outbox belong to whom their directories belong to, and a link
// leads nowhere.
func TestWhatRootMakesIsTheServices(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("only root can")
	}
	const service = 12345
	h := newHost(t)
	outside := filepath.Join(t.TempDir(), "outside")
	if err := os.WriteFile(outside, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	state := filepath.Join(h.varLib, "rapport", "shop")
	config := filepath.Join(h.etc, "shop.yaml")
	h.rapport("rapport/shop", exitDone, "run", config)
	if err := os.Symlink(outside, filepath.Join(state, "archive", "link")); err != nil {
		t.Fatal(err)
	}
	if err := os.Chown(state, service, service); err != nil {
		t.Fatal(err)
	}
	h.rapport("", exitDone, "run", config, "--period", "2026-11-17")
	err := filepath.WalkDir(state, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		uid, _, _ := owner(path)
		mine := d.Type()&fs.ModeSymlink != 0 || filepath.Base(path) == markerName
		if uid != service && !mine {
			t.Errorf("%s belongs to %d", strings.TrimPrefix(path, state), uid)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if uid, _, _ := owner(outside); uid != 0 {
		t.Error("it followed a link")
	}
}

// TestSomebodyElseHearsWhoseTheLedgerIs: a user who cannot look into the service's directory must not begin a ledger.
func TestSomebodyElseHearsWhoseTheLedgerIs(t *testing.T) {
	if os.Geteuid() == 0 {
		return // who reads everything
	}
	h := newHost(t)
	dir := filepath.Join(h.varLib, "rapport", "shop")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(dir, 0); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.Chmod(dir, 0o700) })
	p := &program{getenv: func(string) string { return "" }, stateRoot: h.varLib}
	if _, hidden := p.marked(filepath.Join(h.etc, "shop.yaml")); hidden != dir {
		t.Errorf("hidden: %q, want %s", hidden, dir)
	}
	if _, err := p.serviceDirectory(filepath.Join(h.etc, "shop.yaml")); err != nil {
		t.Errorf("a file of our own: %v", err)
	}
}
