package yamltree

import (
	"slices"
	"strings"

	"gopkg.in/yaml.v3"
)

// Section is one kind of mapping: the keys that it may have, and no others.
type Section struct {
	Keys []string
	Enum map[string][]string // the words that a key, or each item of its list, may say; by key

	KeyPattern func(key string) bool // instead of Keys: the form of keys that are the user's own words
	KeyKind    string                // what such a key is, like "a payment method"
}

// Mapping is a mapping whose keys have been checked.
type Mapping struct {
	Value
	section Section
	keys    []string // in the order of the document
	fields  map[string]Value
}

// Mapping reads v as a mapping with the keys of s.
func (v Value) Mapping(s Section) (Mapping, bool) {
	if v.hasForeignTag() {
		return Mapping{}, false
	}
	if v.node.Kind != yaml.MappingNode {
		v.Fault(s.expected(), "must be a mapping, is %s", v.Describe())
		return Mapping{}, false
	}
	pairs := len(v.node.Content) / 2
	m := Mapping{Value: v, section: s, keys: make([]string, 0, pairs), fields: make(map[string]Value, pairs)}
	var refused map[string]bool
	for i := 0; i+1 < len(v.node.Content); i += 2 {
		key := v.child(v.node.Content[i], v.path)
		name := key.node.Value
		if !key.IsScalar() {
			key.Fault("a key is a plain word", "%s cannot be a key", key.Describe())
			continue
		}
		key.path = v.childPath(name)
		if _, twice := m.fields[name]; twice || refused[name] {
			key.Fault("keep one of them", "stands here twice, first in line %d", max(1, firstLine(v, name)))
			continue
		}
		if s.allows(key) {
			m.keys = append(m.keys, name)
			m.fields[name] = v.child(v.node.Content[i+1], s.path(v, name))
			continue
		}
		if refused == nil {
			refused = map[string]bool{}
		}
		refused[name] = true
	}
	return m, true
}

// path is that of a key of v. One that s knows is no secret, wherever it stands.
func (s Section) path(v Value, key string) string {
	v.secret = v.secret && !slices.Contains(s.Keys, key)
	return v.childPath(key)
}

// firstLine is the line of the first key of v of that name.
func firstLine(v Value, name string) int {
	for i := 0; ; i += 2 {
		if key := v.child(v.node.Content[i], ""); key.IsScalar() && key.node.Value == name {
			return key.at.Line
		}
	}
}

// allows tells whether key is one of s, and reports it if not.
func (s Section) allows(key Value) bool {
	name := key.node.Value
	switch {
	case slices.Contains(s.Keys, name):
		return true
	case name == "<<":
		key.Fault("write the keys out", "merge keys are not read: they hide where a value comes from")
	case s.KeyPattern != nil && s.KeyPattern(name):
		return true
	case s.KeyPattern != nil:
		hint := ""
		if low := strings.ToLower(name); s.KeyPattern(low) {
			hint = "did you mean " + low + "?"
		}
		key.Fault(hint, "%s is not %s", Quote(name), s.KeyKind)
	default:
		key.Fault(didYouMean(name, s.Keys), "is not a key that is known here")
	}
	return false
}

// expected says what the mapping holds.
func (s Section) expected() string {
	if s.KeyPattern != nil {
		return "each key is " + s.KeyKind
	}
	return "the keys here are " + strings.Join(s.Keys, ", ")
}

// Keys are the keys that are there and allowed, in the order of the document.
func (m Mapping) Keys() []string { return m.keys }

// Enum returns the words that a key of m may say.
func (m Mapping) Enum(key string) []string { return m.section.Enum[key] }

// Field returns the value of a key, if it is there.
func (m Mapping) Field(key string) (Value, bool) {
	v, ok := m.fields[key]
	return v, ok
}

// Required returns the value of a key, or reports that it is missing.
func (m Mapping) Required(key, hint string) (Value, bool) {
	v, ok := m.fields[key]
	if !ok {
		m.Missing(key).Fault(hint, "is missing")
	}
	return v, ok
}

// Missing is where a problem with the absence of a key is told: at the mapping, under the path of the key.
func (m Mapping) Missing(key string) Value {
	v := m.Value
	v.path = m.section.path(v, key)
	return v
}

// Choice reads the word of a key that is an enumeration; "" if it is not there or none of the words.
func (m Mapping) Choice(key string) string {
	v, ok := m.fields[key]
	if !ok {
		return ""
	}
	return v.Choose(m.Enum(key), nil)
}

// ExactlyOne returns the one of keys that is there, or reports that there is none or more than one.
func (m Mapping) ExactlyOne(keys ...string) (string, Value, bool) {
	var given []string
	for _, key := range keys {
		if _, ok := m.fields[key]; ok {
			given = append(given, key)
		}
	}
	switch len(given) {
	case 0:
		m.Fault("give one of "+strings.Join(keys, ", "), "says none of %s", strings.Join(keys, ", "))
		return "", Value{}, false
	case 1:
		return given[0], m.fields[given[0]], true
	}
	m.Fault("keep one of them", "has %s at once", strings.Join(given, " and "))
	return "", Value{}, false
}
