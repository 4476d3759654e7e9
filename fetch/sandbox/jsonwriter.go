package sandbox

import (
	"bytes"
	"encoding/json"
	"slices"
	"strconv"
)

// jsonWriter writes JSON as a service that is no browser's does: <, > and & as they are.
// What is written without a name is an element of a list, or the whole.
type jsonWriter struct {
	b    []byte
	open []byte // the brackets that end what is open
}

func (w *jsonWriter) name(name string) *jsonWriter {
	if n := len(w.b); n > 0 && w.b[n-1] != '{' && w.b[n-1] != '[' {
		w.b = append(w.b, ',')
	}
	if name != "" {
		w.b = append(append(append(w.b, '"'), name...), `":`...)
	}
	return w
}

func (w *jsonWriter) object(name string) *jsonWriter { return w.begin(name, '{', '}') }
func (w *jsonWriter) list(name string) *jsonWriter   { return w.begin(name, '[', ']') }

func (w *jsonWriter) begin(name string, bracket, end byte) *jsonWriter {
	if w.name(name); cap(w.b)-len(w.b) < 1<<10 {
		w.b = slices.Grow(w.b, len(w.b)+1<<10) // pages are long
	}
	w.b, w.open = append(w.b, bracket), append(w.open, end)
	return w
}

// end ends the object or list that was begun last.
func (w *jsonWriter) end() *jsonWriter {
	last := len(w.open) - 1
	w.b, w.open = append(w.b, w.open[last]), w.open[:last]
	return w
}

func (w *jsonWriter) number(name string, n int64) *jsonWriter {
	w.name(name)
	w.b = strconv.AppendInt(w.b, n, 10)
	return w
}

// thousandths writes n/1000 as a decimal number.
func (w *jsonWriter) thousandths(name string, n int64) *jsonWriter {
	w.name(name)
	w.b = strconv.AppendFloat(w.b, float64(n)/1000, 'f', -1, 64)
	return w
}

func (w *jsonWriter) bool(name string, v bool) *jsonWriter {
	w.name(name)
	w.b = strconv.AppendBool(w.b, v)
	return w
}

// optional writes a text, unless it is empty.
func (w *jsonWriter) optional(name, text string) *jsonWriter {
	if text == "" {
		return w
	}
	return w.text(name, text)
}

func (w *jsonWriter) text(name, text string) *jsonWriter {
	w.name(name)
	for i := range len(text) {
		if c := text[i]; c < ' ' || c == '"' || c == '\\' || c == 0xe2 { // U+2028 begins with it
			return w.escaped(text)
		}
	}
	w.b = append(append(append(w.b, '"'), text...), '"')
	return w
}

func (w *jsonWriter) escaped(text string) *jsonWriter {
	var quoted bytes.Buffer
	enc := json.NewEncoder(&quoted)
	enc.SetEscapeHTML(false)
	_ = enc.Encode(text) // no text is refused
	w.b = append(w.b, bytes.TrimSuffix(quoted.Bytes(), []byte("\n"))...)
	return w
}
