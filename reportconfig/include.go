package reportconfig

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"rapport/internal/yamltree"
)

// maxIncluded bounds what a pattern can drag in.
const maxIncluded = 1000

// includer reads the files that include names, each one entry.
type includer struct {
	*loader
	seen []os.FileInfo // of what has been read, the configuration itself first
}

// include reads the files that v names. It tells whether there was any, or a fault about one.
func (l *loader) include(v yamltree.Value) bool {
	items, ok := v.List()
	if !ok {
		l.incomplete = true
		return true
	}
	in := includer{loader: l}
	if main, err := os.Stat(l.file); err == nil {
		in.seen = append(in.seen, main)
	}
	before := len(in.seen)
	failed := false
	for _, item := range items {
		path := item.FilePath()
		switch {
		case path == "":
			failed = true
		case strings.ContainsAny(item.Raw(), "*?["):
			failed = !in.readPattern(item) || failed
		default:
			failed = !in.readFile(item, path, item.Raw(), false) || failed
		}
	}
	l.incomplete = l.incomplete || failed
	return failed || len(in.seen) > before
}

// readPattern reads the files that item matches, in the order of their names. Hidden files and directories are left alone,
// as a shell would.
func (in *includer) readPattern(item yamltree.Value) bool {
	written := item.Raw()
	if strings.Contains(written, "**") {
		item.Fault("name each directory", "** is not read here")
		return false
	}
	pattern := written
	if !filepath.IsAbs(written) {
		pattern = filepath.Join(literal(item.Dir()), written)
	}
	matches, err := filepath.Glob(pattern)
	if err != nil {
		item.Fault("a pattern is made of *, ? and [a-z]", "%s is not a pattern", yamltree.Quote(written))
		return false
	}
	found, fine := false, true
	for _, match := range matches {
		name := filepath.Base(match)
		if strings.HasPrefix(name, ".") && !strings.HasPrefix(filepath.Base(written), ".") {
			continue
		}
		if info, err := os.Stat(match); err == nil && info.IsDir() {
			continue
		}
		found = true
		shown := match
		if rel, err := filepath.Rel(item.Dir(), match); err == nil && !filepath.IsAbs(written) {
			shown = rel
		}
		fine = in.readFile(item, match, shown, true) && fine
	}
	if !found {
		item.Warn("is the directory right?", "no file matches %s", yamltree.Quote(written))
	}
	return fine
}

// readFile reads one file, unless it has been read before. matched says that a pattern found it.
func (in *includer) readFile(item yamltree.Value, path, written string, matched bool) bool {
	info, err := os.Stat(path)
	switch {
	case err != nil:
		item.Fault("a relative path starts from the directory of the file that names it", "%s: %s", yamltree.Quote(written), withoutPath(err))
		return false
	case !info.Mode().IsRegular():
		item.Fault("name a file, or a pattern like reports.d/*.json", "%s is not a file", yamltree.Quote(written))
		return false
	case len(in.seen) > maxIncluded:
		item.Fault("", "more than %d files are included", maxIncluded)
		return false
	}
	for i, other := range in.seen {
		if os.SameFile(info, other) {
			if i == 0 && !matched {
				item.Fault("name the files of single reports", "%s is this configuration itself", yamltree.Quote(written))
				return false
			}
			return true
		}
	}
	in.seen = append(in.seen, info)
	data, err := yamltree.ReadFile(path)
	if err != nil {
		item.Fault("", "%s: %s", yamltree.Quote(written), withoutPath(err))
		return false
	}
	name := written
	if !filepath.IsAbs(written) {
		name = filepath.Join(filepath.Dir(in.config.Path), written)
	}
	if root, ok := in.parse(name, filepath.Dir(path), data, true); ok {
		in.add(root)
	}
	return true
}

// withoutPath drops the path that a file system error repeats.
func withoutPath(err error) error {
	var at *fs.PathError
	if errors.As(err, &at) {
		return at.Err
	}
	return err
}

// literal escapes the characters of a directory that mean something in a pattern.
func literal(dir string) string {
	backslash := `\\`
	if filepath.Separator == '\\' {
		backslash = `\` // on Windows it parts the names of a path, and escapes nothing
	}
	return strings.NewReplacer("*", "[*]", "?", "[?]", "[", "[[]", `\`, backslash).Replace(dir)
}
