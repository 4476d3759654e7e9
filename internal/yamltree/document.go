package yamltree

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"unicode/utf8"

	"gopkg.in/yaml.v3"
)

// Bounds of a document before anything is made of it: room for well over 10,000 reports, and no more values than a few
// hundred megabytes of memory hold.
const (
	maxBytes  = 8 << 20
	maxStarts = 512 << 10 // lines, commas, brackets and dashes: each begins two values at most
)

// Document is a file, or another text, that is to be read.
type Document struct {
	Name     string // as its problems name it
	Dir      string // absolute; where its relative paths start
	Findings *Findings
	Hints    Hints
}

// Hints say what to do about a document that is none of its kind.
type Hints struct{ Empty, TooLarge, Second string }

// ReadFile returns the bytes of a file, one more than Parse accepts at most.
func ReadFile(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close() // read only: closing cannot lose anything
	return io.ReadAll(io.LimitReader(f, maxBytes+1))
}

// Text is a value of a document that is no tree, and the place it stands at: of a table, say, for readers of values.
func (d *Document) Text(s string, line, column int, path string) Value {
	n := &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: s, Line: line, Column: column}
	return Value{doc: d, node: n, at: n, path: path}
}

// Parse turns the bytes of d into its one value. What is neither YAML nor JSON is a single fault, and false.
func (d *Document) Parse(data []byte) (Value, bool) {
	data = bytes.TrimPrefix(data, []byte("\xEF\xBB\xBF"))
	root, p := d.tree(data)
	if p == nil {
		p = d.checkNesting(root)
	}
	if p != nil {
		d.Findings.fault(*p)
		return Value{}, false
	}
	return Value{doc: d}.child(root, ""), true
}

// tree parses the one document that data holds.
func (d *Document) tree(data []byte) (*yaml.Node, *Problem) {
	if p := d.checkText(data); p != nil {
		return nil, p
	}
	if !isJSON(data) {
		return d.yamlTree(data)
	}
	if lone := loneSurrogate(data); lone >= 0 {
		return nil, d.problemAt(data, lone, `\u escape of half a character`, "a surrogate needs its other half")
	}
	r := jsonReader{rest: data, at: start()}
	r.separators()
	return r.value(), nil
}

func (d *Document) yamlTree(data []byte) (root *yaml.Node, p *Problem) {
	// yaml.v3 is no longer maintained; an input that makes it panic is a syntax error to us.
	defer func() {
		if recover() != nil {
			root, p = nil, &Problem{File: d.Name, Line: 1, Message: "cannot be read as YAML"}
		}
	}()
	parser := yaml.NewDecoder(bytes.NewReader(data))
	var first, second yaml.Node
	err := parser.Decode(&first)
	if errors.Is(err, io.EOF) {
		return nil, &Problem{File: d.Name, Line: 1, Column: 1, Message: "is empty", Hint: d.Hints.Empty}
	}
	if err != nil {
		return nil, d.syntax(data, err)
	}
	switch err := parser.Decode(&second); {
	case errors.Is(err, io.EOF):
		return first.Content[0], nil
	case err != nil:
		return nil, d.syntax(data, err)
	}
	return nil, &Problem{File: d.Name, Line: second.Line, Column: second.Column, Message: "a second document begins here", Hint: d.Hints.Second}
}

// checkText refuses what is too large, no UTF-8, or holds control characters.
func (d *Document) checkText(data []byte) *Problem {
	switch {
	case len(data) > maxBytes:
		return d.problemAt(data, 0, "is larger than 8 MiB", d.Hints.TooLarge)
	case valueStarts(data) > maxStarts:
		return d.problemAt(data, 0, "holds too many lines or values", d.Hints.TooLarge)
	case isWide(data):
		return d.problemAt(data, 0, "is UTF-16 or UTF-32", "save it as UTF-8")
	}
	for i := 0; i < len(data); {
		r, size := utf8.DecodeRune(data[i:])
		switch {
		case r == utf8.RuneError && size == 1:
			return d.problemAt(data, i, fmt.Sprintf("byte 0x%02X is not UTF-8", data[i]), "save the file as UTF-8")
		case r < ' ' && r != '\t' && r != '\n' && r != '\r', r >= 0x7F && r <= 0x9F && r != 0x85, r == 0xFFFE, r == 0xFFFF:
			return d.problemAt(data, i, fmt.Sprintf("control character U+%04X", r), "take it out")
		}
		i += size
	}
	return nil
}

func (d *Document) problemAt(data []byte, offset int, message, hint string) *Problem {
	line, column := lineAndColumn(data, offset)
	return &Problem{File: d.Name, Line: line, Column: column, Message: message, Hint: hint}
}

// valueStarts counts where values can begin, in YAML and in JSON.
func valueStarts(data []byte) (n int) {
	for _, start := range []string{"\n", "\r", ",", "[", "{", "- ", "-\t", "? ", "?\t", "\u0085", "\u2028", "\u2029"} {
		n += bytes.Count(data, []byte(start))
	}
	return n
}

// isWide tells UTF-16 and UTF-32 by their byte order marks, or by the zero bytes that ASCII text has in them.
func isWide(data []byte) bool {
	if bytes.HasPrefix(data, []byte{0xFF, 0xFE}) || bytes.HasPrefix(data, []byte{0xFE, 0xFF}) {
		return true
	}
	return len(data) >= 2 && (data[0] == 0) != (data[1] == 0) || bytes.HasPrefix(data, []byte{0, 0, 0xFE, 0xFF})
}
