//go:build unix

package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestFilesThatNeverEndAreFaults wherever the configuration names a file: a pipe that
// nobody writes to would hold the daemon for ever.
func TestFilesThatNeverEndAreFaults(t *testing.T) {
	dir := t.TempDir()
	pipe := filepath.Join(dir, "pipe")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	text := shopText(1, 25)
	for name, change := range map[string][2]string{
		"password": {"tls: none,", "username: u, password: {file: FILE},"},
		"ca":       {"tls: none,", "ca: FILE,"},
		"logo":     {"listen:", "organization: {logo: FILE}\nlisten:"},
		"dintero":  {sandboxSource, "{dintero: {client_id: a, client_secret: {file: FILE}}}"},
	} {
		for _, file := range []string{"pipe", "/dev/zero", "."} {
			config := filepath.Join(dir, "shop.yaml")
			writeConfig(t, config, strings.Replace(text, change[0], strings.ReplaceAll(change[1], "FILE", file), 1))
			var out, errs bytes.Buffer
			ended := make(chan int, 1)
			go func() { ended <- run(t.Context(), []string{"check", config}, getenv, &out, &errs) }()
			select {
			case code := <-ended:
				if code != exitConfig || !strings.Contains(errs.String(), "is no regular file") {
					t.Errorf("%s is %s: exit code %d: %s", name, file, code, &errs)
				}
			case <-time.After(20 * time.Second):
				if f, err := os.OpenFile(pipe, os.O_RDWR, 0); err == nil {
					f.Close() // lets the reader go
				}
				t.Fatalf("%s is %s: check hangs", name, file)
			}
		}
	}
}
