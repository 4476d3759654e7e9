package dinterojson

import (
	"fmt"
	"hash/maphash"
	"io"
	"slices"

	"github.com/go-json-experiment/json/jsontext"
)

// library is how a scanner reads by the JSON library what it cannot read of its own. It is as
// strict. That no name comes twice it finds out itself: the library would keep every name
// of however large an object. After the first fault all reading ends.
type library struct {
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

// newLibrary reads the text that r holds.
func newLibrary(r io.Reader) *library {
	bound := &rowReader{r: newTextReader(r)}
	bound.begin()
	return &library{dec: newDecoder(bound), bound: bound, seed: maphash.MakeSeed()}
}

// newDecoder makes a decoder that finds no name that comes twice: see library.
func newDecoder(r io.Reader) *jsontext.Decoder { return jsontext.NewDecoder(r, decoderOptions()...) }

func decoderOptions() []jsontext.Options {
	// Invalid UTF-8 is \ud83d without its other half; raw bytes are checked by textReader.
	return []jsontext.Options{jsontext.AllowInvalidUTF8(true), jsontext.AllowDuplicateNames(true)}
}

// beginValue lets a row, or another value of a page, begin.
func (l *library) beginValue() {
	l.over, l.depth = "", l.dec.StackDepth()
	if l.bound != nil {
		l.bound.begin()
	}
}

// token reads a token whose value is known.
func (l *library) token() {
	if l.err == nil {
		_, l.err = l.dec.ReadToken()
	}
}

// next is the kind of what comes next; 0 after a fault and where nothing begins.
func (l *library) next() jsontext.Kind {
	if l.err != nil {
		return 0
	}
	return l.dec.PeekKind()
}

// begin is [scanner.begin].
func (l *library) begin(bracket jsontext.Kind, not *other) bool {
	switch k := l.next(); k {
	case bracket:
		l.enter(k)
		return l.err == nil
	case '{', '[':
		l.enter(k)
		if *not = emptyOther; l.next() != k+2 { // the bracket that ends it
			*not = k
		}
		l.leave(k)
	case 'n':
		l.token()
	default:
		*not = k
		l.token()
	}
	return false
}

// enter reads the bracket that comes next.
func (l *library) enter(k jsontext.Kind) {
	l.token()
	if k == '{' {
		l.begins = append(l.begins, len(l.names))
	}
}

// leave passes over the rest of what was entered.
func (l *library) leave(k jsontext.Kind) {
	more := l.element
	if k == '{' {
		more = l.member
	}
	for more() {
		l.skip()
	}
}

// member goes on to the next member of the object and reads its name; false after the last.
func (l *library) member() bool {
	switch {
	case l.next() == '}':
		l.token()
		top := len(l.begins) - 1
		l.names, l.begins = l.names[:l.begins[top]], l.begins[:top]
		return false
	case l.err != nil:
		return false
	}
	raw, err := l.dec.ReadValue()
	if err != nil {
		l.err = err
		return false
	}
	l.named.name, l.named.field = l.nameOf(unquote(raw)), fieldUnknown
	hash, before := maphash.String(l.seed, l.named.name), l.names[l.begins[len(l.begins)-1]:]
	switch {
	case len(before) == maxNames:
		if l.over == "" {
			l.over = fieldPath(l.dec.StackPointer().Parent(), l.depth)
		}
	case slices.Contains(before, hash):
		l.err = fmt.Errorf("%s: the name comes twice", fieldPath(l.dec.StackPointer(), l.depth))
		return false
	default:
		l.names = append(l.names, hash)
	}
	return true
}

// nameOf is a name as a string, without a new one where it came before.
func (l *library) nameOf(text []byte) string {
	if name, ok := l.common[string(text)]; ok {
		return name
	}
	name := string(text)
	if l.common == nil {
		l.common = map[string]string{}
	}
	if len(l.common) < maxNames && len(name) <= maxKept {
		l.common[name] = name
	}
	return name
}

// element goes on to the next element of the array; false after the last.
func (l *library) element() bool {
	if l.next() == ']' {
		l.token()
		return false
	}
	return l.err == nil
}

// skip passes over a value.
func (l *library) skip() {
	switch k := l.next(); k {
	case '{', '[':
		l.enter(k)
		l.leave(k)
	default:
		l.token()
	}
}

// scalar is [scanner.scalar]: an object or array is passed over.
func (l *library) scalar(v *scalar, texts *textArena) {
	k := l.next()
	*v = scalar{kind: k}
	if k == '{' || k == '[' {
		l.skip()
		return
	}
	if l.err != nil {
		return
	}
	raw, err := l.dec.ReadValue()
	if l.err = err; err == nil {
		v.parse(raw, texts)
	}
}

// instant is [scanner.instant].
func (l *library) instant(i *instant, texts *textArena) {
	*i = instant{}
	if l.next() != '"' {
		l.scalar(&i.scalar, texts)
		return
	}
	raw, err := l.dec.ReadValue()
	if l.err = err; err == nil {
		i.parse(raw)
	}
}
