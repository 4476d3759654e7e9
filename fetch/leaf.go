package fetch

import (
	"bytes"
	"strconv"
	"time"

	"github.com/go-json-experiment/json/jsontext"
)

// leaf is a JSON value as the source wrote it. Reading one never fails on its
// content: the fault is told later, when the row's id is known (see checker).
type leaf struct {
	kind  jsontext.Kind // 0 where the member is absent
	whole bool          // a number that is an integer, plainly written, within int64
	num   int64         // its value
	text  string        // the text of a string, any other number as written
}

// UnmarshalJSONFrom implements [json.UnmarshalerFrom].
func (l *leaf) UnmarshalJSONFrom(dec *jsontext.Decoder) error {
	*l = leaf{kind: dec.PeekKind()}
	if l.kind == '{' || l.kind == '[' {
		return dec.SkipValue()
	}
	v, err := dec.ReadValue()
	if err != nil {
		return err
	}
	switch l.kind {
	case '"':
		l.text = string(unquote(v))
	case '0':
		l.number(v)
	}
	return nil
}

// number reads a JSON number.
func (l *leaf) number(v []byte) {
	if l.num, l.whole = wholeNumber(v); l.whole {
		return
	}
	n, err := strconv.ParseInt(string(v), 10, 64) // takes neither 1e3 nor 12.5
	if l.num, l.whole = n, err == nil; !l.whole {
		l.num, l.text = 0, string(v)
	}
}

// wholeNumber reads the digits of a positive number that fits for sure.
func wholeNumber(v []byte) (n int64, ok bool) {
	for _, c := range v {
		if !isDigit(c) {
			return 0, false
		}
		n = n*10 + int64(c-'0')
	}
	return n, len(v) <= 18
}

// written is the value for an error text and for decimals: as the source wrote it.
func (l leaf) written() string {
	switch {
	case l.whole:
		return strconv.FormatInt(l.num, 10)
	case l.kind == '"', l.kind == '0':
		return l.text
	}
	return kindName(l.kind)
}

func (l leaf) absent() bool { return l.kind == 0 || l.kind == 'n' }

// instant is a leaf that should be a time; it is parsed at once, so that its text
// need not be kept.
type instant struct {
	leaf           // text only where it is not a time
	at   time.Time // UTC
	err  error
}

// UnmarshalJSONFrom implements [json.UnmarshalerFrom].
func (i *instant) UnmarshalJSONFrom(dec *jsontext.Decoder) error {
	*i = instant{}
	if dec.PeekKind() != '"' {
		return i.leaf.UnmarshalJSONFrom(dec)
	}
	v, err := dec.ReadValue()
	if err != nil {
		return err
	}
	i.parse(v)
	return nil
}

// parse reads a JSON string.
func (i *instant) parse(v []byte) {
	text := unquote(v)
	i.kind = '"'
	if i.at, i.err = parseTime(text); i.err != nil {
		i.text = string(text)
	}
}

// absent holds for an empty text too: it says no time.
func (i instant) absent() bool {
	return i.leaf.absent() || i.kind == '"' && i.err != nil && i.text == ""
}

// unquote is the text of a JSON string; it may alias v. Half a surrogate pair
// becomes U+FFFD: some systems cut names within an emoji.
func unquote(v jsontext.Value) []byte {
	if bytes.IndexByte(v, '\\') < 0 {
		return v[1 : len(v)-1]
	}
	text, _ := jsontext.AppendUnquote(nil, v) // the decoder has checked the rest
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
