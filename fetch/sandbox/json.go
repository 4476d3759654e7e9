package sandbox

import (
	"bytes"
	"encoding/json"
	"strconv"
)

// object is a JSON object. Its members keep their order; one whose value is nil, an object
// or a list that is nil, is left out.
type object []member

type member struct {
	name  string
	value any
}

// optional is v, or nil where that is empty.
func optional[T comparable](v T) any {
	var empty T
	if v == empty {
		return nil
	}
	return v
}

// encode writes JSON as a service that is no browser's does: <, > and & as they are.
func encode(v any) []byte { return appendJSON(nil, v) }

func appendJSON(b []byte, v any) []byte {
	switch v := v.(type) {
	case string:
		if isPlain(v) {
			return append(append(append(b, '"'), v...), '"')
		}
	case int64:
		return strconv.AppendInt(b, v, 10)
	case object:
		b = append(b, '{')
		for _, m := range v {
			if m.omitted() {
				continue
			}
			if b[len(b)-1] != '{' {
				b = append(b, ',')
			}
			b = append(appendJSON(b, m.name), ':')
			b = appendJSON(b, m.value)
		}
		return append(b, '}')
	case []object:
		b = append(b, '[')
		for i := range v {
			if i > 0 {
				b = append(b, ',')
			}
			b = appendJSON(b, v[i])
		}
		return append(b, ']')
	}
	var other bytes.Buffer
	enc := json.NewEncoder(&other)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		panic("sandbox: " + err.Error()) // of a value that this package made
	}
	return append(b, bytes.TrimSuffix(other.Bytes(), []byte("\n"))...)
}

func (m member) omitted() bool {
	switch v := m.value.(type) {
	case nil:
		return true
	case object:
		return v == nil
	case []object:
		return v == nil
	}
	return false
}

// isPlain reports whether a text needs no escape; it may say no of one that needs none.
func isPlain(text string) bool {
	for i := range len(text) {
		if c := text[i]; c < ' ' || c == '"' || c == '\\' || c == 0xe2 { // U+2028 begins with it
			return false
		}
	}
	return true
}
