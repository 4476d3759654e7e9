package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
)

var failed = regexp.MustCompile(`(?m)^\s*--- FAIL: (\S+)`)

// noticedBy is the first test that fails with the change, or "" when none does.
func (m mutation) noticedBy() (string, error) {
	file, changed, err := m.apply()
	if err != nil {
		return "", err
	}
	overlay, remove, err := layOver(file, changed)
	if err != nil {
		return "", err
	}
	defer remove()
	pkg := m.pkg
	if _, err := os.Stat(pkg); pkg == "" || err != nil {
		pkg = "./" + filepath.ToSlash(filepath.Dir(file))
	}
	out, err := runTests(overlay, pkg, m.pattern)
	if err == nil && m.pattern != "" && bytes.Contains(out, []byte("[no tests to run]")) {
		out, err = runTests(overlay, pkg, "")
	}
	switch found := failed.FindSubmatch(out); {
	case err == nil:
		return "", nil
	case bytes.Contains(out, []byte("[build failed]")) || bytes.Contains(out, []byte("[setup failed]")):
		return "", fmt.Errorf("%s: %s: does not build: %s", file, m.promise, out)
	case found != nil:
		return string(found[1]), nil
	}
	return "a panic or the time", nil
}

// slow are tests of more than ten seconds: a row that is theirs names them.
const slow = "TestATemplateWithoutAnEndHasOne|TestAMessageStaysBelowWhatGmailShowsWhateverTheData|TestNoFaultOfDinteroMakesFewerSettlements|TestNoFaultOfDinteroMakesAShorterReport|" +
	"TestWhatIsWrongWithATemplateIsToldBeforeAReportIsDue|TestHundredsMayOpenANewLedgerAtOnce|TestContainingTilesTheLineInEveryZone"

func runTests(overlay, pkg, pattern string) ([]byte, error) {
	which := []string{"-run", pattern}
	if pattern == "" {
		which = []string{"-skip", slow}
	}
	args := append([]string{"test", "-overlay", overlay, "-short", "-failfast", "-timeout", "5m", "-vet", "off"}, which...)
	return exec.Command("go", append(args, pkg)...).CombinedOutput()
}

// layOver writes the overlay that puts the changed text in the file's place.
func layOver(file string, changed []byte) (overlay string, remove func(), err error) {
	dir, err := os.MkdirTemp("", "mutation")
	if err != nil {
		return "", nil, err
	}
	remove = func() { os.RemoveAll(dir) }
	full, err := filepath.Abs(file)
	copied, overlay := filepath.Join(dir, filepath.Base(file)), filepath.Join(dir, "overlay.json")
	if err == nil {
		var text []byte
		text, err = json.Marshal(map[string]any{"Replace": map[string]string{full: copied}})
		err = errors.Join(err, os.WriteFile(copied, changed, 0o600), os.WriteFile(overlay, text, 0o600))
	}
	if err != nil {
		remove()
	}
	return overlay, remove, err
}

// apply is the file with the change made.
func (m mutation) apply() (file string, changed []byte, err error) {
	file = m.file
	source, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) || err == nil && !bytes.Contains(source, []byte(m.before)) {
		if file, source, err = m.search(); err != nil {
			return "", nil, err
		}
	}
	if err != nil {
		return "", nil, err
	}
	if n := bytes.Count(source, []byte(m.before)); n != 1 {
		return "", nil, fmt.Errorf("%s: %s: %q stands there %d times", file, m.promise, m.before, n)
	}
	return file, bytes.Replace(source, []byte(m.before), []byte(m.after), 1), nil
}

// search finds the text where its file was moved: one file of the tree holds it.
func (m mutation) search() (file string, source []byte, err error) {
	var hits []string
	err = filepath.WalkDir(".", func(path string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir():
			if strings.HasPrefix(entry.Name(), ".") && path != "." {
				return filepath.SkipDir
			}
			return nil
		case !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go"):
			return nil
		}
		text, err := os.ReadFile(path)
		if err == nil && bytes.Contains(text, []byte(m.before)) {
			hits, source = append(hits, path), text
		}
		return err
	})
	if err == nil && len(hits) != 1 {
		err = fmt.Errorf("%s: %s: %q is in %d files of the tree %v", m.file, m.promise, m.before, len(hits), hits)
	}
	if err != nil {
		return "", nil, err
	}
	return hits[0], source, nil
}
