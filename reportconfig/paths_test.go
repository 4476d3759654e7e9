package reportconfig_test

import (
	"path/filepath"
	"testing"

	"rapport/reportconfig"
)

func TestPathsUnderSystemdStartFromTheStateDirectory(t *testing.T) {
	state := t.TempDir()
	for name, want := range map[string][2]string{
		"smallest.yaml": {filepath.Join(state, "rapport.db"), filepath.Join(state, "archive")},
		"full.yaml":     {filepath.Join(state, "kept", "ledger.db"), filepath.Join(state, "kept", "archive")},
	} {
		c, err := reportconfig.Load(filepath.Join("testdata", "fine", name), state)
		if err != nil {
			t.Fatal(err)
		}
		if got := [2]string{c.State, c.Archive}; got != want {
			t.Errorf("%s: ledger and archive are %s, want %s", name, got, want)
		}
	}
}
