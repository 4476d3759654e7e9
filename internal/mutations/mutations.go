// Command mutations makes small changes to the code, one at a time, each of which breaks a
// promise, and runs the package's tests: which of them does nobody notice? Nothing is written to
// the tree; the change is laid over it. It is run by hand and weekly:
//
//	go run ./internal/mutations            all of them
//	go run ./internal/mutations -only mail those whose file or promise holds the word
//
// It ends 1 when a change went unnoticed, or fits nowhere any more.
package main

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// A mutation is a change: before stands once in the file.
type mutation struct{ file, before, after, promise string }

func main() {
	only := flag.String("only", "", "a word of the file or the promise")
	flag.Parse()
	tried, noticed := 0, 0
	var faults []error
	for _, m := range mutations() {
		if !strings.Contains(m.file+" "+m.promise, *only) {
			continue
		}
		tried++
		found, err := m.noticed()
		switch {
		case err != nil:
			faults = append(faults, err)
		case found:
			noticed++
		default:
			fmt.Printf("NOT NOTICED  %s: %s\n", m.file, m.promise)
		}
	}
	fmt.Printf("%d of %d were noticed\n", noticed, tried)
	if err := errors.Join(faults...); err != nil {
		fmt.Fprintln(os.Stderr, err)
	}
	if noticed < tried {
		os.Exit(1)
	}
}

// noticed tells whether a test of the package fails with the change.
func (m mutation) noticed() (bool, error) {
	changed, err := m.apply()
	if err != nil {
		return false, err
	}
	dir, err := os.MkdirTemp("", "mutation")
	if err != nil {
		return false, err
	}
	defer os.RemoveAll(dir)
	path, err := filepath.Abs(m.file)
	if err != nil {
		return false, err
	}
	copied, overlay := filepath.Join(dir, filepath.Base(m.file)), filepath.Join(dir, "overlay.json")
	text, err := json.Marshal(map[string]any{"Replace": map[string]string{path: copied}})
	if err == nil {
		err = errors.Join(os.WriteFile(copied, changed, 0o600), os.WriteFile(overlay, text, 0o600))
	}
	if err != nil {
		return false, err
	}
	pkg := "./" + filepath.ToSlash(filepath.Dir(m.file)) + "/..."
	tests := "./" + testedBy(filepath.ToSlash(filepath.Dir(m.file))) + "/..."
	if out, err := exec.Command("go", "build", "-overlay", overlay, pkg).CombinedOutput(); err != nil {
		return false, fmt.Errorf("%s: %s: does not build: %s", m.file, m.promise, out)
	}
	test := exec.Command("go", "test", "-overlay", overlay, "-failfast", "-timeout", "10m", "-vet", "off", tests)
	return test.Run() != nil, nil
}

// testedBy is where the tests of a package are: a small room may have none of its own.
func testedBy(dir string) string {
	switch dir {
	case "internal/ledger/crashes":
		return "internal/ledger"
	case "internal/idleconn":
		return "internal/daemon"
	case "internal/regularfile":
		return "cmd/rapport"
	case "internal/archive":
		return "internal/engine"
	}
	return dir
}

func (m mutation) apply() ([]byte, error) {
	source, err := os.ReadFile(m.file)
	if err != nil {
		return nil, err
	}
	if n := strings.Count(string(source), m.before); n != 1 {
		return nil, fmt.Errorf("%s: %s: %q stands there %d times", m.file, m.promise, m.before, n)
	}
	return []byte(strings.Replace(string(source), m.before, m.after, 1)), nil
}
