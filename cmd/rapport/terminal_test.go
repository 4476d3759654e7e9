package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestATerminalGetsNothingToObey from what was typed, nor a line of its own.
func TestATerminalGetsNothingToObey(t *testing.T) {
	path := filepath.Join(t.TempDir(), "shop\x1b[31m\n.yaml")
	writeConfig(t, path, "account: T12345678\nsource: {sandbox: {seed: 1}}\nreports:\n  - {id: day, dataType: checkout/transactions, schedule: daily, language: no}\n")
	fine := filepath.Join(t.TempDir(), "shop.yaml")
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	writeConfig(t, fine, string(text))
	for _, test := range []struct {
		args []string
		code int
		want string
	}{
		{[]string{"run", fine, "--report", "d\x1b[31m\nx"}, exitUsage, `d\x1b[31m\nx`},
		{[]string{"run", fine, "--un\x1b[31m\nx"}, exitUsage, `\x1b[31m\nx`},
		{[]string{"frob\x1b[31m\nx"}, exitUsage, `\x1b[31m\nx`},
		{[]string{"check", "bad\x1b\nname.yaml"}, exitConfig, `bad\x1b\nname.yaml`},
		{[]string{"check", path}, exitDone, `shop\x1b[31m\n.yaml: account`},
		{[]string{"status", path, "--now", "2026-11-20T05:00"}, exitWaiting, `shop\x1b[31m\n.yaml: `},
	} {
		var out, errs bytes.Buffer
		code := run(t.Context(), test.args, getenv, &out, &errs)
		if said := out.String() + errs.String(); code != test.code || strings.Contains(said, "\x1b") || !strings.Contains(said, test.want) {
			t.Errorf("%q: exit code %d: %q", test.args, code, said)
		}
	}
}
