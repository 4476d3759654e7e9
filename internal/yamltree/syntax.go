package yamltree

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"path/filepath"
	"regexp"
	"strings"
	"testing/iotest"

	"gopkg.in/yaml.v3"
)

// syntax makes a problem of what the parser says about a file that is no YAML. The parser's line is often that of the
// surrounding block, or none, so the line is sought anew.
func (d *Document) syntax(data []byte, err error) *Problem {
	p := &Problem{File: d.Name, Line: 1}
	if strings.EqualFold(filepath.Ext(d.Name), ".json") {
		var fault *json.SyntaxError
		if err := json.Unmarshal(data, new(json.RawMessage)); errors.As(err, &fault) {
			p.Line, p.Column = lineAndColumn(data, max(0, int(fault.Offset)-1))
			p.Message = "not valid JSON: " + fault.Error()
			return p
		}
	}
	said := strings.TrimPrefix(err.Error(), "yaml: ")
	if strings.HasPrefix(said, "line ") {
		_, said, _ = strings.Cut(said, ": ")
	}
	if name, ok := strings.CutPrefix(said, "unknown anchor '"); ok {
		// The name is not repeated: it may be the beginning of a password that was not quoted.
		p.Line, p.Column = findAlias(data, strings.TrimSuffix(name, "' referenced"))
		p.Message, p.Hint = "an alias (*) of an anchor that is not defined", "quote a text that begins with *"
		return p
	}
	p.Line = brokenLine(data)
	p.Message, p.Hint = "not valid YAML: "+Escape(said, 2*maxShown), syntaxHint(said)
	return p
}

func syntaxHint(said string) string {
	switch {
	case strings.Contains(said, "mapping values are not allowed"):
		return "a text with a colon and a space in it must be quoted; or the line is indented too far"
	case strings.Contains(said, "tab character"), strings.Contains(said, "cannot start any token"):
		return "indent with spaces, not tabs; quote a text that begins with a special character"
	case strings.Contains(said, "end of stream"):
		return "a quote is opened here and never closed"
	case strings.Contains(said, "',' or"):
		return "a bracket is opened and never closed, or a comma is missing"
	case strings.Contains(said, "expected key"), strings.Contains(said, "'-' indicator"):
		return "is the line indented like its neighbours?"
	case strings.Contains(said, "escape character"), strings.Contains(said, "hexdecimal"), strings.Contains(said, "escape code"):
		return `inside "…" a backslash is written \\; inside '…' it is plain`
	case strings.Contains(said, "incompatible YAML document"):
		return "leave the %YAML line out"
	}
	return ""
}

// findAlias returns where *name stands first.
func findAlias(data []byte, name string) (line, column int) {
	alias := regexp.MustCompile(`(?m)(?:^|[\s\[{,])\*` + regexp.QuoteMeta(name) + `(?:$|[\s\]},])`)
	found := alias.FindIndex(data)
	if found == nil {
		return 1, 0
	}
	return lineAndColumn(data, found[0]+bytes.IndexByte(data[found[0]:], '*'))
}

// maxSearch is how many bytes are parsed again, all together, to find where a text stops being YAML.
const maxSearch = 1 << 20

// brokenLine returns the line where data stops being YAML. The parser notices at the line it had read up to; but
// where a bracket or a quote is never closed that may be far below. So if the text has by then left the block of the
// first line that no longer parses, that line is it.
func brokenLine(data []byte) int {
	lines := bytes.SplitAfter(data, []byte("\n"))
	noticed := min(noticedLine(data), len(lines))
	opened := noticed
	for budget := maxSearch; opened > 1 && budget > 0; opened-- {
		before := bytes.Join(lines[:opened-1], nil)
		if errors.Is(parseAll(bytes.NewReader(before)), io.EOF) {
			break
		}
		budget -= len(before)
	}
	if opened == noticed {
		return noticed
	}
	depth := indent(lines[opened-1])
	for _, line := range lines[opened:noticed] {
		text := bytes.TrimSpace(line)
		if len(text) > 0 && indent(line) <= depth && !bytes.ContainsRune([]byte("]}#"), rune(text[0])) {
			return opened
		}
	}
	return noticed
}

// noticedLine returns the line that the parser had reached when it gave up.
func noticedLine(data []byte) int {
	source := bytes.NewReader(data)
	_ = parseAll(iotest.OneByteReader(source)) // a parser that gets no more than it asks for shows how far it looked
	read := data[:len(data)-source.Len()]
	return 1 + bytes.Count(bytes.TrimSuffix(read, []byte("\n")), []byte("\n"))
}

// parseAll parses every document of a text. It returns io.EOF if all of it is YAML.
func parseAll(r io.Reader) error {
	parser := yaml.NewDecoder(r)
	for {
		var n yaml.Node
		if err := parser.Decode(&n); err != nil {
			return err
		}
	}
}

func indent(line []byte) int { return len(line) - len(bytes.TrimLeft(line, " -")) }
