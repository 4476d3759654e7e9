package yamltree

import (
	"bytes"
	"encoding/json"
	"strconv"
	"unicode/utf16"
	"unicode/utf8"

	"gopkg.in/yaml.v3"
)

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
	for i := 0; i < len(data); i++ {
		if data[i] != '\\' {
			continue
		}
		switch half := escaped(data[i:]); {
		case !utf16.IsSurrogate(half):
			i++
		case utf16.DecodeRune(half, escaped(data[i+6:])) == utf8.RuneError:
			return i
		default:
			i += 11
		}
	}
	return -1
}

// escaped reads the \uXXXX that data begins with; what is none is 0.
func escaped(data []byte) rune {
	if len(data) < 6 || data[0] != '\\' || data[1] != 'u' {
		return 0
	}
	n, err := strconv.ParseUint(string(data[2:6]), 16, 16)
	if err != nil {
		return 0
	}
	return rune(n)
}
