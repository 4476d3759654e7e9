//go:build unix

package main

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"rapport/internal/servicestate"
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
		uid := owner(t, path)
		mine := d.Type()&fs.ModeSymlink != 0 || filepath.Base(path) == servicestate.MarkName
		if uid != service && !mine {
			t.Errorf("%s belongs to %d", strings.TrimPrefix(path, state), uid)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if owner(t, outside) != 0 {
		t.Error("it followed a link")
	}
}

func owner(t *testing.T, path string) int {
	t.Helper()
	info, err := os.Lstat(path)
	if err != nil {
		t.Fatal(err)
	}
	return int(info.Sys().(*syscall.Stat_t).Uid)
}
