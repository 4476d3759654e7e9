package dinterojson

import (
	"bytes"
	"strconv"
	"time"

	"github.com/go-json-experiment/json/jsontext"
)

// scalar is a JSON value as the source wrote it. Reading one never fails on its
// content: the fault is told later, when the row's id is known (see checker).
type scalar struct {
	kind    jsontext.Kind // 0 where the member is absent
	integer bool          // a number plainly written as an integer, within int64
	num     int64         // its value
	text    string        // the text of a string, any other number as written
}

// UnmarshalJSONFrom implements [json.UnmarshalerFrom].
func (v *scalar) UnmarshalJSONFrom(dec *jsontext.Decoder) error {
	*v = scalar{kind: dec.PeekKind()}
	if v.kind == '{' || v.kind == '[' {
		return dec.SkipValue()
	}
	raw, err := dec.ReadValue()
	if err != nil {
		return err
	}
	switch v.kind {
	case '"':
		v.text = string(unquote(raw))
	case '0':
		v.parseNumber(raw)
	}
	return nil
}

// parseNumber reads a JSON number.
func (v *scalar) parseNumber(raw []byte) {
	if v.num, v.integer = parseDigits(raw); v.integer {
		return
	}
	n, err := strconv.ParseInt(string(raw), 10, 64) // takes neither 1e3 nor 12.5
	if v.num, v.integer = n, err == nil; !v.integer {
		v.num, v.text = 0, string(raw)
	}
}

// parseDigits reads a positive integer of so few digits that it fits for sure.
func parseDigits(raw []byte) (n int64, ok bool) {
	for _, c := range raw {
		if !isDigit(c) {
			return 0, false
		}
		n = n*10 + int64(c-'0')
	}
	return n, len(raw) <= 18
}

// written is the value for an error text and for decimals: as the source wrote it.
func (v scalar) written() string {
	switch {
	case v.integer:
		return strconv.FormatInt(v.num, 10)
	case v.kind == '"', v.kind == '0':
		return v.text
	}
	return kindName(v.kind)
}

func (v scalar) absent() bool { return v.kind == 0 || v.kind == 'n' }

// instant is a scalar that should be a time. It is parsed at once, so that its text
// need not be kept.
type instant struct {
	scalar           // text only where it is not a time
	at     time.Time // UTC
	err    error
}

// UnmarshalJSONFrom implements [json.UnmarshalerFrom].
func (i *instant) UnmarshalJSONFrom(dec *jsontext.Decoder) error {
	*i = instant{}
	if dec.PeekKind() != '"' {
		return i.scalar.UnmarshalJSONFrom(dec)
	}
	raw, err := dec.ReadValue()
	if err != nil {
		return err
	}
	i.parse(raw)
	return nil
}

// parse reads a JSON string.
func (i *instant) parse(raw []byte) {
	text := unquote(raw)
	i.kind = '"'
	if i.at, i.err = parseTime(text); i.err != nil {
		i.text = string(text)
	}
}

// absent holds for an empty text too: it says no time.
func (i instant) absent() bool {
	return i.scalar.absent() || i.kind == '"' && i.err != nil && i.text == ""
}

// unquote is the text of a JSON string; it may alias raw. Half a surrogate pair
// becomes U+FFFD: some systems cut names within an emoji.
func unquote(raw jsontext.Value) []byte {
	if bytes.IndexByte(raw, '\\') < 0 {
		return raw[1 : len(raw)-1]
	}
	text, _ := jsontext.AppendUnquote(nil, raw) // the decoder has checked the rest
	return text
}

// kindName names a JSON kind for an error text.
func kindName(k jsontext.Kind) string {
	switch k {
	case '{':
		return "an object"
	case '[':
		return "an array"
	case '"':
		return "a text"
	case '0':
		return "a number"
	case 't', 'f':
		return k.String()
	case 'n':
		return "null"
	}
	return "nothing"
}
