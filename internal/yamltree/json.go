package yamltree

import (
	"bytes"
	"encoding/json"
	"regexp"
	"strings"

	"gopkg.in/yaml.v3"
)

// JSON writes a value as JSON, its keys in their order. What JSON has no word for, like a date or .inf, is a string.
func JSON(v Value) []byte { return appendJSON(nil, v) }

func appendJSON(dst []byte, v Value) []byte {
	switch v.node.Kind {
	case yaml.MappingNode:
		dst = append(dst, '{')
		for i := 0; i+1 < len(v.node.Content); i += 2 {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = append(appendJSONString(dst, v.child(v.node.Content[i], "").node.Value), ':')
			dst = appendJSON(dst, v.child(v.node.Content[i+1], ""))
		}
		return append(dst, '}')
	case yaml.SequenceNode:
		dst = append(dst, '[')
		for i, n := range v.node.Content {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = appendJSON(dst, v.child(n, ""))
		}
		return append(dst, ']')
	}
	s, tag := v.node.Value, v.Tag()
	switch {
	case v.node.Tag == "": // it was JSON, and no string
		return append(dst, s...)
	case tag == "!!null":
		return append(dst, "null"...)
	case tag == "!!bool":
		return append(dst, strings.ToLower(s)...)
	case (tag == "!!int" || tag == "!!float") && json.Valid([]byte(s)):
		return append(dst, s...)
	}
	return appendJSONString(dst, s)
}

// appendJSONString writes s as it is: <, > and & are no harm outside of HTML.
func appendJSONString(dst []byte, s string) []byte {
	if !strings.ContainsFunc(s, needsEscape) {
		return append(append(append(dst, '"'), s...), '"')
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(s); err != nil {
		panic(err) // a string always can be
	}
	return append(dst, bytes.TrimSuffix(b.Bytes(), []byte("\n"))...)
}

// needsEscape tells whether a rune may be written otherwise than as it is.
func needsEscape(r rune) bool { return r < ' ' || r > '~' || r == '"' || r == '\\' }

func isJSON(data []byte) bool {
	text := bytes.TrimLeft(data, " \t\r\n")
	return len(text) > 0 && (text[0] == '{' || text[0] == '[') && json.Valid(data)
}

// jsonReader builds the tree of valid JSON. yaml.v3 cannot: it refuses tabs between tokens, \/ and surrogate pairs.
type jsonReader struct {
	rest []byte
	at   position
}

// value reads one value. What stands between values in valid JSON says nothing more than their order.
func (r *jsonReader) value() *yaml.Node {
	n := &yaml.Node{Line: r.at.line, Column: r.at.column}
	switch r.rest[0] {
	case '{', '[':
		n.Kind = yaml.MappingNode
		if r.rest[0] == '[' {
			n.Kind = yaml.SequenceNode
		}
		r.next(1)
		for r.separators(); r.rest[0] != '}' && r.rest[0] != ']'; r.separators() {
			n.Content = append(n.Content, r.value())
		}
		r.next(1)
	case '"':
		n.Kind, n.Style, n.Tag = yaml.ScalarNode, yaml.DoubleQuotedStyle, "!!str"
		n.Value = unquoted(r.next(stringLength(r.rest)))
	default:
		n.Kind = yaml.ScalarNode
		n.Value = string(r.next(bytes.IndexAny(r.rest, ",]} \t\r\n")))
	}
	return n
}

func (r *jsonReader) separators() { r.next(len(r.rest) - len(bytes.TrimLeft(r.rest, " \t\r\n,:"))) }

// next returns the next n bytes and leaves them behind.
func (r *jsonReader) next(n int) []byte {
	passed := r.rest[:n]
	r.rest = r.rest[n:]
	r.at.pass(passed)
	return passed
}

// stringLength is how long the quoted string is that data begins with.
func stringLength(data []byte) int {
	for i := 1; ; i++ {
		switch data[i] {
		case '"':
			return i + 1
		case '\\':
			i++
		}
	}
}

func unquoted(text []byte) (s string) {
	if bytes.IndexByte(text, '\\') < 0 {
		return string(text[1 : len(text)-1])
	}
	if err := json.Unmarshal(text, &s); err != nil {
		panic(err) // isJSON has found it valid
	}
	return s
}

// loneSurrogate returns the offset of the first \u escape of half a character in valid JSON, or -1.
func loneSurrogate(data []byte) int {
	if !bytes.Contains(data, []byte(`\ud`)) && !bytes.Contains(data, []byte(`\uD`)) {
		return -1
	}
	escapes := regexp.MustCompile(`\\u[dD][89abAB]..\\u[dD][c-fC-F]..|(\\u[dD][89a-fA-F]..)|\\.`) // a pair, a lone half, any other
	for _, escape := range escapes.FindAllSubmatchIndex(data, -1) {
		if lone := escape[2]; lone >= 0 {
			return lone
		}
	}
	return -1
}
