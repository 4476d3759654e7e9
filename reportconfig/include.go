package reportconfig

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// maxIncluded bounds what a pattern can drag in.
const maxIncluded = 1000

// included is a file that has been read already, so that it is not read twice.
type included []os.FileInfo

// include reads the files that v names, each one entry. It tells whether there was any, or a fault about one.
func (l *loader) include(v value) bool {
	items, ok := v.list()
	if !ok {
		return true
	}
	var seen included
	if main, err := os.Stat(l.file); err == nil {
		seen = append(seen, main)
	}
	before := len(seen)
	failed := false
	for _, item := range items {
		pattern, ok := item.filePath()
		if !ok {
			failed = true
			continue
		}
		written := item.node.Value
		if !strings.ContainsAny(written, "*?[") {
			failed = !l.includeOne(item, pattern, written, &seen, false) || failed
			continue
		}
		failed = !l.includeAll(item, written, &seen) || failed
	}
	return failed || len(seen) > before
}

// includeAll reads the files that a pattern matches, in the order of their names. Hidden files and directories are
// left alone, as a shell would.
func (l *loader) includeAll(item value, written string, seen *included) bool {
	if strings.Contains(written, "**") {
		item.fault("name each directory", "** is not read here")
		return false
	}
	pattern := written
	if !filepath.IsAbs(written) {
		pattern = filepath.Join(literal(item.doc.dir), written)
	}
	matches, err := filepath.Glob(pattern)
	if err != nil {
		item.fault("a pattern is made of *, ? and [a-z]", "%s is not a pattern", quote(written))
		return false
	}
	any, fine := false, true
	for _, match := range matches {
		name := filepath.Base(match)
		if strings.HasPrefix(name, ".") && !strings.HasPrefix(filepath.Base(written), ".") {
			continue
		}
		if info, err := os.Stat(match); err == nil && info.IsDir() {
			continue
		}
		any = true
		shown := match
		if rel, err := filepath.Rel(item.doc.dir, match); err == nil && !filepath.IsAbs(written) {
			shown = rel
		}
		fine = l.includeOne(item, match, shown, seen, true) && fine
	}
	if !any {
		item.warn("is the directory right?", "no file matches %s", quote(written))
	}
	return fine
}

// includeOne reads one file, unless it has been read before. matched says that a pattern found it.
func (l *loader) includeOne(item value, path, written string, seen *included, matched bool) bool {
	info, err := os.Stat(path)
	switch {
	case err != nil:
		item.fault("a relative path starts from the directory of the file that names it", "%s: %s", quote(written), cause(err))
		return false
	case !info.Mode().IsRegular():
		item.fault("name a file, or a pattern like reports.d/*.json", "%s is not a file", quote(written))
		return false
	case len(*seen) > maxIncluded:
		item.fault("", "more than %d files are included", maxIncluded)
		return false
	}
	for i, other := range *seen {
		if os.SameFile(info, other) {
			if i == 0 && !matched {
				item.fault("name the files of single reports", "%s is this configuration itself", quote(written))
				return false
			}
			return true
		}
	}
	*seen = append(*seen, info)
	data, err := readFile(path)
	if err != nil {
		item.fault("", "%s: %s", quote(written), cause(err))
		return false
	}
	name := written
	if !filepath.IsAbs(written) {
		name = filepath.Join(filepath.Dir(l.config.Path), written)
	}
	doc := &document{name: name, dir: filepath.Dir(path), found: l.found}
	if root, ok := doc.parse(data); ok {
		l.report(root)
	}
	return true
}

// cause drops the path that a file system error repeats.
func cause(err error) error {
	var at *fs.PathError
	if errors.As(err, &at) {
		return at.Err
	}
	return err
}

// literal keeps the characters of a directory from being taken for a pattern.
func literal(dir string) string {
	return strings.NewReplacer("*", "[*]", "?", "[?]", "[", "[[]", `\`, literalBackslash()).Replace(dir)
}

// literalBackslash is a plain one on Windows, where it parts the names of a path.
func literalBackslash() string {
	if filepath.Separator == '\\' {
		return `\`
	}
	return `\\`
}
