package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestCheckNamesALogoThatNobodyWouldSee: a picture that says it is a PNG and is none. A
// report goes out without it.
func TestCheckNamesALogoThatNobodyWouldSee(t *testing.T) {
	path := filepath.Join(t.TempDir(), "shop.yaml")
	writeConfig(t, path, "organization: {logo: logo.png}\naccount: T12345678\nsource: {sandbox: {seed: 1}}\nreports:\n  - {id: day, dataType: checkout/transactions, schedule: daily, language: no, contentTypes: [application/pdf]}\n")
	if err := os.WriteFile(filepath.Join(filepath.Dir(path), "logo.png"), []byte("RIFF\x00\x00\x00\x00WEBPVP8 "), 0o600); err != nil {
		t.Fatal(err)
	}
	var out, errs bytes.Buffer
	if code := run(t.Context(), []string{"check", path}, getenv, &out, &errs); code != exitConfig || !strings.Contains(errs.String(), "logo.png: is a WebP") {
		t.Errorf("exit code %d: %s", code, &errs)
	}
	if out, _ := mustRun(t, "run", path); !strings.Contains(out, "day") {
		t.Errorf("got %s", out)
	}
}
