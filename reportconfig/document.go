package reportconfig

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"unicode/utf8"

	"gopkg.in/yaml.v3"
)

// Bounds of a configuration file before anything is made of it: room for well over 10,000
// reports, and no more values than a few hundred megabytes of memory hold.
const (
	maxFile  = 8 << 20   // bytes
	maxMarks = 512 << 10 // lines, commas, brackets and dashes: each begins two values at most
)

// document is one file: what its problems are called by, and where its relative paths start.
type document struct {
	name   string // as a message names it
	dir    string // absolute
	found  *findings
	shifts []shift
}

// readFile returns the bytes of a file, at most one more than maxFile.
func readFile(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close() // read only: closing cannot lose anything
	return io.ReadAll(io.LimitReader(f, maxFile+1))
}

// parse turns the bytes of a file into its one value. What is no YAML at all is a single fault.
func (d *document) parse(data []byte) (value, bool) {
	data, p, ok := d.decode(data)
	if !ok {
		d.found.fault(p)
		return value{}, false
	}
	root, p, ok := d.tree(data)
	if !ok {
		d.found.fault(p)
		return value{}, false
	}
	if p, ok := d.checkAliases(root); !ok {
		d.found.fault(p)
		return value{}, false
	}
	return value{doc: d, node: root, at: root}.follow(), true
}

// decode checks size and encoding, drops a byte order mark, and makes JSON digestible for the YAML parser.
func (d *document) decode(data []byte) ([]byte, Problem, bool) {
	wrong := func(offset int, message, hint string) ([]byte, Problem, bool) {
		line, column := lineAndColumn(data, offset)
		return nil, Problem{File: d.name, Line: line, Column: column, Message: message, Hint: hint}, false
	}
	if len(data) > maxFile {
		return wrong(0, "is larger than 8 MiB", "a configuration is a few lines; is this the right file?")
	}
	if marks(data) > maxMarks {
		return wrong(0, "holds too many lines or values", "a configuration is a few lines; is this the right file?")
	}
	if wide(data) {
		return wrong(0, "is UTF-16 or UTF-32", "save it as UTF-8")
	}
	data = bytes.TrimPrefix(data, []byte("\xEF\xBB\xBF"))
	for i := 0; i < len(data); {
		r, size := utf8.DecodeRune(data[i:])
		switch {
		case r == utf8.RuneError && size == 1:
			return wrong(i, fmt.Sprintf("byte 0x%02X is not UTF-8", data[i]), "save the file as UTF-8")
		case r < ' ' && r != '\t' && r != '\n' && r != '\r', r >= 0x7F && r <= 0x9F && r != 0x85, r == 0xFFFE, r == 0xFFFF:
			return wrong(i, fmt.Sprintf("control character U+%04X", r), "take it out")
		}
		i += size
	}
	if !isJSON(data) {
		return data, Problem{}, true
	}
	plain, lone := d.plainJSON(data)
	if lone >= 0 {
		return wrong(lone, `\u escape of half a character`, "a surrogate needs its other half")
	}
	return plain, Problem{}, true
}

// marks counts where values can begin, in YAML and in JSON.
func marks(data []byte) (n int) {
	for _, mark := range []string{"\n", "\r", ",", "[", "{", "- ", "-\t", "? ", "?\t", "\u0085", "\u2028", "\u2029"} {
		n += bytes.Count(data, []byte(mark))
	}
	return n
}

// tree parses the one document that data holds.
func (d *document) tree(data []byte) (root *yaml.Node, p Problem, ok bool) {
	// yaml.v3 is no longer maintained; an input that makes it panic is a syntax error to us.
	defer func() {
		if recover() != nil {
			root, p, ok = nil, Problem{File: d.name, Line: 1, Message: "cannot be read as YAML"}, false
		}
	}()
	parser := yaml.NewDecoder(bytes.NewReader(data))
	var first, second yaml.Node
	err := parser.Decode(&first)
	if errors.Is(err, io.EOF) {
		return nil, Problem{File: d.name, Line: 1, Column: 1, Message: "is empty",
			Hint: "a configuration needs account, source and reports at least"}, false
	}
	if err != nil {
		return nil, d.syntax(data, err), false
	}
	switch err := parser.Decode(&second); {
	case errors.Is(err, io.EOF):
		return first.Content[0], Problem{}, true
	case err != nil:
		return nil, d.syntax(data, err), false
	}
	return nil, Problem{File: d.name, Line: second.Line, Column: second.Column, Message: "a second document begins here",
		Hint: "one file holds one configuration; put more reports under reports, or into files of their own with include"}, false
}

// wide tells UTF-16 and UTF-32 by their marks, or by the zero bytes that ASCII text has in them.
func wide(data []byte) bool {
	if bytes.HasPrefix(data, []byte{0xFF, 0xFE}) || bytes.HasPrefix(data, []byte{0xFE, 0xFF}) {
		return true
	}
	return len(data) >= 2 && (data[0] == 0) != (data[1] == 0) || bytes.HasPrefix(data, []byte{0, 0, 0xFE, 0xFF})
}

func isJSON(data []byte) bool {
	start := bytes.TrimLeft(data, " \t\r\n")
	return len(start) > 0 && (start[0] == '{' || start[0] == '[') && json.Valid(data)
}
