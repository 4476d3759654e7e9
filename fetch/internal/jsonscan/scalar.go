package jsonscan

import (
	"bytes"
	"hash/maphash"
	"strconv"
	"strings"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"rapport/internal/text"
)

// Scalar is a JSON value as the source wrote it. Reading one never fails on its content:
// whoever converts the row says what is wrong with it, when the row's id is known.
type Scalar struct {
	Kind    jsontext.Kind // 0 where the member is absent
	Integer bool          // a whole number, within int64
	Number  int64         // its value
	Text    string        // the text of a string, a number as written unless it is a plain integer
}

// UnmarshalJSONFrom implements [json.UnmarshalerFrom].
func (v *Scalar) UnmarshalJSONFrom(dec *jsontext.Decoder) error {
	d := Decoder{dec: dec, seed: maphash.MakeSeed()}
	d.scalar(v, new(textArena))
	return d.err
}

// parse reads the JSON of what is no object and no array.
func (v *Scalar) parse(raw jsontext.Value, texts *textArena) {
	v.Kind = raw.Kind()
	switch v.Kind {
	case '"':
		v.Text = texts.copy(unquote(raw))
	case '0':
		v.parseNumber(raw)
	}
}

// parseNumber reads a JSON number.
func (v *Scalar) parseNumber(raw []byte) {
	if v.Number, v.Integer = parseDigits(raw); v.Integer {
		return
	}
	n, err := strconv.ParseInt(string(raw), 10, 64) // takes neither 1e3 nor 12.0
	if v.Number, v.Integer = n, err == nil; !v.Integer {
		v.Text = string(raw)
		v.Number, v.Integer = wholeNumber(v.Text)
	}
}

// Written is the value as the source wrote it, for texts and error texts.
func (v Scalar) Written() string {
	switch {
	case v.Kind == '"', v.Kind == '0' && v.Text != "":
		return v.Text
	case v.Integer:
		return strconv.FormatInt(v.Number, 10)
	}
	return KindName(v.Kind)
}

// Quoted is the value in an error text: truncated, and a text in quotes.
func (v Scalar) Quoted() string {
	if v.Kind == '"' {
		return strconv.Quote(text.Truncate(v.Text, maxQuoted))
	}
	return Quote(v.Written())
}

// Plain is the text or the number; empty where it is neither.
func (v Scalar) Plain() string {
	if v.Kind == '"' || v.Kind == '0' {
		return v.Written()
	}
	return ""
}

// Absent reports whether the member is not there, or null.
func (v Scalar) Absent() bool { return v.Kind == 0 || v.Kind == 'n' }

// Decimal is a number without exponent and without zeros that say nothing; it may be
// written as a text. False where it is none, or has too many digits.
func (v Scalar) Decimal() (plain string, ok bool) {
	switch {
	case v.Kind == '0':
		return plainNumber(v.Written())
	case v.Kind == '"' && len(v.Text) <= maxDigits && skipNumber([]byte(v.Text), 0) == len(v.Text):
		return plainNumber(v.Text)
	}
	return "", false
}

// Instant is a scalar that should be a time. It is parsed at once, so that its text
// need not be kept.
type Instant struct {
	Scalar           // its Text only where it is not a time
	At     time.Time // UTC; zero where it is not a time
	Err    error     // why a text is not a time
}

// parse reads a time.
func (i *Instant) parse(written []byte) {
	i.Kind = '"'
	if i.At, i.Err = ParseTime(written); i.Err != nil {
		i.Text = string(written)
	}
}

// Absent holds for an empty text too: it says no time.
func (i Instant) Absent() bool {
	return i.Scalar.Absent() || i.Kind == '"' && i.Err != nil && i.Text == ""
}

// unquote is the text of a JSON string; it may alias raw. Half a surrogate pair
// becomes U+FFFD: some systems cut names within an emoji.
func unquote(raw jsontext.Value) []byte {
	if bytes.IndexByte(raw, '\\') < 0 {
		return raw[1 : len(raw)-1]
	}
	plain, _ := jsontext.AppendUnquote(nil, raw) // the decoder has checked the rest
	return plain
}

// KindName names a JSON kind for an error text.
func KindName(k jsontext.Kind) string {
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
	case EmptyOther:
		return "empty"
	}
	return "nothing"
}

// textArena makes small texts, many to an allocation. One of them keeps the others of
// its block in memory; rows are read and dropped one after the other, so few stay long.
type textArena struct{ block *strings.Builder }

const textBlock = 16 << 10 // bytes

func (a *textArena) copy(text []byte) string {
	if len(text) > textBlock/16 {
		return string(text)
	}
	if a.block == nil || a.block.Cap()-a.block.Len() < len(text) {
		a.block = new(strings.Builder)
		a.block.Grow(textBlock)
	}
	from := a.block.Len()
	a.block.Write(text)
	return a.block.String()[from:]
}
