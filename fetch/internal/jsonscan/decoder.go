package jsonscan

import (
	"fmt"
	"hash/maphash"
	"io"
	"slices"

	"github.com/go-json-experiment/json/jsontext"
)

// Decoder reads by the JSON library what a scanner cannot read of its own, and what is no
// row. It is as strict. That no name comes twice it finds out itself: the library would keep
// every name of however large an object. After the first fault all reading ends.
type Decoder struct {
	dec    *jsontext.Decoder
	bound  *rowReader // what dec reads; nil: it is whole in memory
	err    error
	over   string // the first object that has more names than are looked at: its path
	depth  int    // of what the path begins in
	seed   maphash.Seed
	names  []uint64          // hashes of the names of the objects that are open, one object after the other
	begins []int             // where those of each begin
	named  keyPath           // the name read last
	common map[string]string // names that came before, each kept once
}

// NewDecoder reads the JSON text that r holds.
func NewDecoder(r io.Reader) *Decoder { return newDecoder(&evenReader{r: r}) }

// newDecoder reads a text that comes in pieces whose size says nothing.
func newDecoder(r io.Reader) *Decoder {
	bound := &rowReader{r: newTextReader(r)}
	bound.begin()
	return &Decoder{dec: newTextDecoder(bound), bound: bound, seed: maphash.MakeSeed()}
}

// newTextDecoder makes a decoder that finds no name that comes twice: see [Decoder].
func newTextDecoder(r io.Reader) *jsontext.Decoder {
	return jsontext.NewDecoder(r, decoderOptions()...)
}

func decoderOptions() []jsontext.Options {
	// Invalid UTF-8 is \ud83d without its other half; raw bytes are checked by textReader.
	return []jsontext.Options{jsontext.AllowInvalidUTF8(true), jsontext.AllowDuplicateNames(true)}
}

// Err is the fault that ended the reading, in our words; nil where there is none.
func (d *Decoder) Err() error { return jsonError(d.err, 0) }

// BeginValue lets a row, or another value as large as one, begin.
func (d *Decoder) BeginValue() {
	d.over, d.depth = "", d.dec.StackDepth()
	if d.bound != nil {
		d.bound.begin()
	}
}

// token reads a token whose value is known.
func (d *Decoder) token() {
	if d.err == nil {
		_, d.err = d.dec.ReadToken()
	}
}

// Next is the kind of what comes next; 0 after a fault and where nothing begins.
func (d *Decoder) Next() jsontext.Kind {
	if d.err != nil {
		return 0
	}
	return d.dec.PeekKind()
}

// Begin reads the bracket that begins an object or array, or null, which has no members: it
// is false then. What else stands there is passed over, and noted in not.
func (d *Decoder) Begin(bracket jsontext.Kind, not *Other) bool {
	switch k := d.Next(); k {
	case bracket:
		d.enter(k)
		return d.err == nil
	case '{', '[':
		d.enter(k)
		if *not = EmptyOther; d.Next() != k+2 { // the bracket that ends it
			*not = k
		}
		d.leave(k)
	case 'n':
		d.token()
	default:
		*not = k
		d.token()
	}
	return false
}

// enter reads the bracket that comes next.
func (d *Decoder) enter(k jsontext.Kind) {
	d.token()
	if k == '{' {
		d.begins = append(d.begins, len(d.names))
	}
}

// leave passes over the rest of what was entered.
func (d *Decoder) leave(k jsontext.Kind) {
	more := d.element
	if k == '{' {
		more = d.Member
	}
	for more() {
		d.skip()
	}
}

// Member goes on to the next member of the object and reads its name; false after the last.
func (d *Decoder) Member() bool {
	switch {
	case d.Next() == '}':
		d.token()
		top := len(d.begins) - 1
		d.names, d.begins = d.names[:d.begins[top]], d.begins[:top]
		return false
	case d.err != nil:
		return false
	}
	raw, err := d.dec.ReadValue()
	if err != nil {
		d.err = err
		return false
	}
	d.named.name, d.named.field = d.nameOf(unquote(raw)), fieldUnknown
	hash, before := maphash.String(d.seed, d.named.name), d.names[d.begins[len(d.begins)-1]:]
	switch {
	case len(before) == maxNames:
		if d.over == "" {
			d.over = fieldPath(d.dec.StackPointer().Parent(), d.depth)
		}
	case slices.Contains(before, hash):
		d.err = fmt.Errorf("%s: the name comes twice", fieldPath(d.dec.StackPointer(), d.depth))
		return false
	default:
		d.names = append(d.names, hash)
	}
	return true
}

// nameOf is a name as a string, without a new one where it came before.
func (d *Decoder) nameOf(text []byte) string {
	if name, ok := d.common[string(text)]; ok {
		return name
	}
	name := string(text)
	if d.common == nil {
		d.common = map[string]string{}
	}
	if len(d.common) < maxNames && len(name) <= maxKept {
		d.common[name] = name
	}
	return name
}

// element goes on to the next element of the array; false after the last.
func (d *Decoder) element() bool {
	if d.Next() == ']' {
		d.token()
		return false
	}
	return d.err == nil
}

// skip passes over a value.
func (d *Decoder) skip() {
	switch k := d.Next(); k {
	case '{', '[':
		d.enter(k)
		d.leave(k)
	default:
		d.token()
	}
}

// scalar is [Scanner.Scalar]: an object or array is passed over.
func (d *Decoder) scalar(v *Scalar, texts *textArena) {
	k := d.Next()
	*v = Scalar{Kind: k}
	if k == '{' || k == '[' {
		d.skip()
		return
	}
	if d.err != nil {
		return
	}
	raw, err := d.dec.ReadValue()
	if d.err = err; err == nil {
		v.parse(raw, texts)
	}
}

// instant is [Scanner.Instant].
func (d *Decoder) instant(i *Instant, texts *textArena) {
	*i = Instant{}
	if d.Next() != '"' {
		d.scalar(&i.Scalar, texts)
		return
	}
	raw, err := d.dec.ReadValue()
	if d.err = err; err == nil {
		i.parse(unquote(raw))
	}
}
