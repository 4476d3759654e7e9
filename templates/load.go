package templates

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"
)

// maxSource is how long the file of a template may be, in bytes.
const maxSource = 256 << 10

// Load reads the user's templates from a directory, in the place of the built-in ones;
// either may be missing. Each is tried on the samples, so that a field that does not exist
// is found before a report is due. The errors of both come together, with file and line.
func Load(dir string, samples ...Data) (*Set, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	builtIn, err := BuiltIn()
	if err != nil {
		return nil, err
	}
	user := &Set{text: builtIn.text, html: builtIn.html, budget: &budget{}}
	var faults []error
	found := 0
	for _, e := range entries {
		switch name := e.Name(); {
		case name == textFile || name == htmlFile:
			found++
			if err := user.load(name, filepath.Join(dir, name), samples); err != nil {
				faults = append(faults, err)
			}
		case !strings.HasPrefix(name, "."):
			user.Unknown = append(user.Unknown, name)
		}
	}
	if found == 0 {
		return nil, fmt.Errorf("%s has neither %s nor %s — start from a copy of ours, or leave the key out", dir, textFile, htmlFile)
	}
	if len(faults) > 0 {
		return nil, errors.Join(faults...)
	}
	return user, nil
}

// load puts one file in the place of the built-in template, if it can be executed on every
// sample.
func (s *Set) load(name, path string, samples []Data) error {
	source, err := readSource(path)
	if err != nil {
		return err
	}
	if err := s.parse(name, path, source); err != nil {
		return readableError(err, nil)
	}
	write := s.HTML
	if name == textFile {
		write = s.Text
	}
	for _, sample := range samples {
		var visible visibleBytes
		if err := write(&visible, sample); err != nil {
			return readableError(errors.Unwrap(err), sample)
		}
		if visible == 0 {
			return fmt.Errorf("%s: writes nothing — leave the file out to have ours", path)
		}
	}
	return nil
}

// readSource is the text of a file of at most maxSource bytes, without a byte order mark
// and with lines that end in LF.
func readSource(path string) (string, error) {
	info, err := os.Stat(path)
	if err != nil {
		return "", err
	}
	if !info.Mode().IsRegular() { // a pipe would be waited for
		return "", &fs.PathError{Op: "open", Path: path, Err: errors.New("is not a file")}
	}
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer f.Close() // read only: closing cannot lose anything
	data, err := io.ReadAll(io.LimitReader(f, maxSource+1))
	if err != nil {
		return "", err
	}
	switch {
	case len(data) > maxSource:
		return "", fmt.Errorf("%s: is larger than 256 KiB", path)
	case !utf8.Valid(data) || slices.Contains(data, 0):
		return "", fmt.Errorf("%s: is not text in UTF-8", path)
	}
	return strings.ReplaceAll(strings.TrimPrefix(string(data), "\ufeff"), "\r\n", "\n"), nil
}

// visibleBytes counts what is written that is not white space.
type visibleBytes int

func (n *visibleBytes) Write(p []byte) (int, error) {
	*n += visibleBytes(len(bytes.TrimSpace(p)))
	return len(p), nil
}

var (
	packagePrefix = regexp.MustCompile(`^(html/)?template: ?`)
	executing     = regexp.MustCompile(`executing ".*?" at <(.*?)>: `)
	missingField  = regexp.MustCompile(`(can't evaluate field \w+) in type (?:\[\])*([\w.]+)`)
)

// readableError is an error of text/template or html/template from its file and line on.
// Where a field is missing it lists those that there are.
func readableError(err error, sample Data) error {
	text := executing.ReplaceAllString(packagePrefix.ReplaceAllString(err.Error(), ""), "{{$1}}: ")
	if found := missingField.FindStringSubmatch(text); found != nil {
		if fields := fieldsOf(reflect.TypeOf(sample), found[2]); len(fields) > 0 {
			text = missingField.ReplaceAllString(text, "$1") + " — there are " + strings.Join(fields, ", ")
		}
	}
	return errors.New(text)
}

// fieldsOf looks for a type by its name in t and all that t holds, and lists its fields.
func fieldsOf(t reflect.Type, name string) []string {
	for t != nil && (t.Kind() == reflect.Slice || t.Kind() == reflect.Pointer) {
		t = t.Elem()
	}
	if t == nil || t.Kind() != reflect.Struct {
		return nil
	}
	var fields []string
	for _, f := range reflect.VisibleFields(t) {
		if t.String() == name && f.IsExported() && !f.Anonymous {
			fields = append(fields, f.Name)
		}
	}
	for i := 0; fields == nil && i < t.NumField(); i++ {
		fields = fieldsOf(t.Field(i).Type, name)
	}
	return fields
}
