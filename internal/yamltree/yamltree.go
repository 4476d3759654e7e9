// Package yamltree reads a YAML or JSON document into one tree of values, each with the line, column and path it stands
// at, so that whoever checks them can say what is wrong and where. Readers of a value report what does not fit, offer
// what was probably meant, and repeat nothing that may be a secret; all faults are found in one go. It refuses what
// hides where a value comes from or has no end: merge keys, foreign tags, duplicate keys, second documents, alias bombs.
// It knows no key of any format, and reads no file but the one it is given.
package yamltree

import (
	"fmt"
	"iter"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"
)

// Value is one value of a document and the place it stands at. Its readers report what does not fit, and then return
// false or a zero value.
type Value struct {
	doc    *Document
	node   *yaml.Node // what it says
	at     *yaml.Node // where it says so: another node than node if it is an alias
	path   string
	secret bool // never repeat it in a message
}

// child is the value of n, a part of v. An alias says what its anchor says; checkNesting has made sure that this ends.
func (v Value) child(n *yaml.Node, path string) Value {
	c := Value{doc: v.doc, node: n, at: n, path: path, secret: v.secret}
	for c.node.Kind == yaml.AliasNode {
		c.node = c.node.Alias
	}
	return c
}

// Fault reports that something is wrong with v. hint says what to do about it; it may be "".
func (v Value) Fault(hint, format string, args ...any) {
	v.doc.Findings.fault(problemOf(v, hint, fmt.Sprintf(format, args...)))
}

// Warn reports something about v that is allowed but probably not meant.
func (v Value) Warn(hint, format string, args ...any) {
	v.doc.Findings.warn(problemOf(v, hint, fmt.Sprintf(format, args...)))
}

func problemOf(v Value, hint, message string) Problem {
	return Problem{File: v.doc.Name, Line: max(1, v.at.Line), Column: v.at.Column, Path: v.path, Message: message, Hint: hint}
}

// Where names the place of v in the message of a problem elsewhere: file:line:column.
func (v Value) Where() string {
	return fmt.Sprintf("%s:%d:%d", Escape(v.doc.Name, len(v.doc.Name)), v.at.Line, v.at.Column)
}

// Place names the file and the line that a value stands in.
func Place(v Value) string {
	return fmt.Sprintf("%s:%d", Escape(v.doc.Name, len(v.doc.Name)), v.at.Line)
}

// Position is the line and column that a value stands at, from 1.
func Position(v Value) (line, column int) { return v.at.Line, v.at.Column }

// Path is how v is reached from the root of its document, like reports[0].reportFilters[1].value; "" is the root.
func (v Value) Path() string { return v.path }

// Dir is where the relative paths of v's document start.
func (v Value) Dir() string { return v.doc.Dir }

// Secret is v, never to be repeated in a message.
func (v Value) Secret() Value {
	v.secret = true
	return v
}

// Raw is a scalar as it is written, without quotes; "" for a list or a mapping.
func (v Value) Raw() string { return v.node.Value }

// Tag is the YAML type of v in its short form, like !!str, !!int, !!bool, !!null, !!seq, !!map.
func (v Value) Tag() string { return v.node.ShortTag() }

// IsScalar tells whether v is neither a list nor a mapping.
func (v Value) IsScalar() bool { return v.node.Kind == yaml.ScalarNode }

// IsList tells whether v is a list.
func (v Value) IsList() bool { return v.node.Kind == yaml.SequenceNode }

// IsEmpty tells whether v is a list or a mapping with nothing in it, or a scalar.
func (v Value) IsEmpty() bool { return len(v.node.Content) == 0 }

// List reads the items of a list.
func (v Value) List() ([]Value, bool) {
	if v.hasForeignTag() {
		return nil, false
	}
	if !v.IsList() {
		hint := "write it as a list: [a, b], or one item to a line after a dash"
		if v.Tag() == "!!null" {
			hint = "leave the key out, or put something under it"
		}
		v.Fault(hint, "must be a list, is %s", v.Describe())
		return nil, false
	}
	items := make([]Value, len(v.node.Content))
	for i, n := range v.node.Content {
		items[i] = v.child(n, fmt.Sprintf("%s[%d]", v.path, i))
	}
	return items, true
}

// Child returns what a mapping says under a key, unchecked.
func (v Value) Child(key string) (Value, bool) {
	for k, child := range v.Children() {
		if k == key {
			return child, true
		}
	}
	return Value{}, false
}

// Children are the keys and values of a mapping in the order of the document, unchecked.
func (v Value) Children() iter.Seq2[string, Value] {
	return func(yield func(string, Value) bool) {
		for i := 0; i+1 < len(v.node.Content) && v.node.Kind == yaml.MappingNode; i += 2 {
			key := v.child(v.node.Content[i], "").node.Value
			if !yield(key, v.child(v.node.Content[i+1], v.childPath(key))) {
				return
			}
		}
	}
}

// Without is a value less some of its keys, wherever they stand.
func Without(v Value, keys ...string) Value {
	if v.node.Kind != yaml.MappingNode {
		return v
	}
	less := *v.node
	less.Content = nil
	for i := 0; i+1 < len(v.node.Content); i += 2 {
		if !slices.Contains(keys, v.child(v.node.Content[i], "").node.Value) {
			less.Content = append(less.Content, v.node.Content[i], v.node.Content[i+1])
		}
	}
	v.node = &less
	return v
}

// childPath is the path of a key of v. In a secret a wrong key may be the secret itself.
func (v Value) childPath(key string) string {
	switch {
	case v.secret:
		return v.path
	case strings.ContainsFunc(key, needsQuotes) || len(key) > maxShown || key == "":
		key = Quote(key)
	}
	if v.path == "" {
		return key
	}
	return v.path + "." + key
}

// needsQuotes tells whether a key with r in it is quoted in a path.
func needsQuotes(r rune) bool {
	return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && r != '_' && r != '-'
}
