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

// maxTemplate bounds the file of a template, in bytes.
const maxTemplate = 256 << 10

// Load reads the templates of a directory, which stand in for ours; either may be
// missing. Each is tried on the samples, so that a field that does not exist is found
// before a report is due. The errors of both come together, with file and line.
func Load(dir string, samples ...Data) (*Set, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	set, err := Ours()
	if err != nil {
		return nil, err
	}
	own := &Set{text: set.text, html: set.html}
	var faults []error
	given := 0
	for _, e := range entries {
		switch name := e.Name(); {
		case name == textFile || name == htmlFile:
			given++
			if err := own.load(name, filepath.Join(dir, name), samples); err != nil {
				faults = append(faults, err)
			}
		case !strings.HasPrefix(name, "."):
			own.Unknown = append(own.Unknown, name)
		}
	}
	if given == 0 {
		return nil, fmt.Errorf("%s has neither %s nor %s — start from a copy of ours, or leave the key out", dir, textFile, htmlFile)
	}
	if len(faults) > 0 {
		return nil, errors.Join(faults...)
	}
	return own, nil
}

// load puts one file in the place of ours, if every sample can be written with it.
func (s *Set) load(name, path string, samples []Data) error {
	source, err := read(path)
	if err != nil {
		return err
	}
	if err := s.parse(name, path, source); err != nil {
		return plain(err, nil)
	}
	write := s.HTML
	if name == textFile {
		write = s.Text
	}
	for _, sample := range samples {
		var out length
		if err := write(&out, sample); err != nil {
			return plain(errors.Unwrap(err), sample)
		}
		if out == 0 {
			return fmt.Errorf("%s: writes nothing — leave the file out to have ours", path)
		}
	}
	return nil
}

// read is the text of a file of bounded size.
func read(path string) (string, error) {
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
	data, err := io.ReadAll(io.LimitReader(f, maxTemplate+1))
	if err != nil {
		return "", err
	}
	switch {
	case len(data) > maxTemplate:
		return "", fmt.Errorf("%s: is larger than 256 KiB", path)
	case !utf8.Valid(data) || slices.Contains(data, 0):
		return "", fmt.Errorf("%s: is not text in UTF-8", path)
	}
	return strings.ReplaceAll(strings.TrimPrefix(string(data), "\ufeff"), "\r\n", "\n"), nil
}

// length counts what is written and can be seen.
type length int

func (n *length) Write(p []byte) (int, error) {
	*n += length(len(bytes.TrimSpace(p)))
	return len(p), nil
}

var (
	packageName  = regexp.MustCompile(`^(html/)?template: ?`)
	executing    = regexp.MustCompile(`executing ".*?" at <(.*?)>: `)
	missingField = regexp.MustCompile(`(can't evaluate field \w+) in type (?:\[\])*([\w.]+)`)
)

// plain is what a template package says, from the place on, and which fields there are
// where one is not.
func plain(err error, sample Data) error {
	said := executing.ReplaceAllString(packageName.ReplaceAllString(err.Error(), ""), "{{$1}}: ")
	if found := missingField.FindStringSubmatch(said); found != nil {
		if fields := fieldsOf(reflect.TypeOf(sample), found[2]); len(fields) > 0 {
			said = missingField.ReplaceAllString(said, "$1") + " — there are " + strings.Join(fields, ", ")
		}
	}
	return errors.New(said)
}

// fieldsOf seeks a type by its name in t, and lists what a template can say of it.
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
