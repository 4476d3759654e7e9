package dinterojson

import (
	"bytes"
	"hash/maphash"
	"strconv"
	"strings"
	"time"

	"github.com/go-json-experiment/json/jsontext"
)

// scalar is a JSON value as the source wrote it. Reading one never fails on its
// content: the fault is told later, when the row's id is known (see checker).
type scalar struct {
	kind    jsontext.Kind // 0 where the member is absent
	integer bool          // a whole number, within int64
	num     int64         // its value
	text    string        // the text of a string, a number as written unless it is a plain integer
}

// UnmarshalJSONFrom implements [json.UnmarshalerFrom].
func (v *scalar) UnmarshalJSONFrom(dec *jsontext.Decoder) error {
	l := library{dec: dec, seed: maphash.MakeSeed()}
	l.scalar(v, new(textArena))
	return l.err
}

// parse reads the JSON of what is no object and no array.
func (v *scalar) parse(raw jsontext.Value, texts *textArena) {
	v.kind = raw.Kind()
	switch v.kind {
	case '"':
		v.text = texts.copy(unquote(raw))
	case '0':
		v.parseNumber(raw)
	}
}

// parseNumber reads a JSON number.
func (v *scalar) parseNumber(raw []byte) {
	if v.num, v.integer = parseDigits(raw); v.integer {
		return
	}
	n, err := strconv.ParseInt(string(raw), 10, 64) // takes neither 1e3 nor 12.0
	if v.num, v.integer = n, err == nil; !v.integer {
		v.text = string(raw)
		v.num, v.integer = wholeNumber(v.text)
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

// written is the value as the source wrote it, for texts and error texts.
func (v scalar) written() string {
	switch {
	case v.kind == '"', v.kind == '0' && v.text != "":
		return v.text
	case v.integer:
		return strconv.FormatInt(v.num, 10)
	}
	return kindName(v.kind)
}

// plain is the text or the number; empty where it is neither.
func (v scalar) plain() string {
	if v.kind == '"' || v.kind == '0' {
		return v.written()
	}
	return ""
}

func (v scalar) absent() bool { return v.kind == 0 || v.kind == 'n' }

// instant is a scalar that should be a time. It is parsed at once, so that its text
// need not be kept.
type instant struct {
	scalar           // text only where it is not a time
	at     time.Time // UTC
	err    error
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
	case emptyOther:
		return "empty"
	}
	return "nothing"
}

// maxDigits is how many digits a number may have that is written without its exponent.
const maxDigits = 40

// plainNumber writes a JSON number without exponent and without zeros that say nothing:
// 12.50 is "12.5", 1.2345e4 is "12345". False where that has too many digits.
func plainNumber(text string) (plain string, ok bool) {
	sign := ""
	if rest, negative := strings.CutPrefix(text, "-"); negative {
		sign, text = "-", rest
	}
	exponent := 0
	if i := strings.IndexAny(text, "eE"); i >= 0 {
		n, err := strconv.Atoi(text[i+1:])
		exponent, text = min(max(n, -2*maxDigits), 2*maxDigits), text[:i] // an n out of range is the nearest that is none
		if err != nil && n == 0 {
			return "", false
		}
	}
	whole, fraction, _ := strings.Cut(text, ".")
	digits, point := whole+fraction, len(whole)+exponent
	switch {
	case strings.Trim(digits, "0") == "":
		return "0", strings.Trim(digits, "0123456789") == "" && digits != ""
	case len(digits) > maxDigits:
		return "", false
	case point < 0:
		digits, point = strings.Repeat("0", -point)+digits, 0
	case point > len(digits):
		digits += strings.Repeat("0", point-len(digits))
	}
	whole, fraction = strings.TrimLeft(digits[:point], "0"), strings.TrimRight(digits[point:], "0")
	if whole == "" {
		whole = "0"
	}
	if fraction != "" {
		fraction = "." + fraction
	}
	return sign + whole + fraction, len(whole)+len(fraction) <= maxDigits
}

// wholeNumber is a whole number that is written with a fraction of zeros or an exponent, as
// JSON Schema allows; false where it is none, or past 64 bits.
func wholeNumber(text string) (int64, bool) {
	plain, ok := plainNumber(text)
	n, err := strconv.ParseInt(plain, 10, 64)
	if !ok || err != nil {
		return 0, false
	}
	return n, true
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

// sliceArena makes small slices, many to an allocation, as textArena does texts.
type sliceArena[T any] struct{ free []T }

const sliceBlock = 32 // elements

func (a *sliceArena[T]) make(n int) []T {
	if n > len(a.free) {
		a.free = make([]T, max(n, sliceBlock))
	}
	s := a.free[:n:n]
	a.free = a.free[n:]
	return s
}
