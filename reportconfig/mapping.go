package reportconfig

import (
	"slices"
	"strings"

	"gopkg.in/yaml.v3"
)

// mapping is a mapping whose keys have been checked.
type mapping struct {
	value
	fields map[string]value
}

// mapping reads v as a mapping with the keys of s and no others.
func (v value) mapping(s section) (mapping, bool) {
	if v.foreign() {
		return mapping{}, false
	}
	if v.node.Kind != yaml.MappingNode {
		v.fault(s.expected(), "must be a mapping, is %s", v.described())
		return mapping{}, false
	}
	m := mapping{value: v, fields: make(map[string]value, len(v.node.Content)/2)}
	seen := make(map[string]*yaml.Node, len(v.node.Content)/2)
	for i := 0; i+1 < len(v.node.Content); i += 2 {
		key := value{doc: v.doc, node: v.node.Content[i], at: v.node.Content[i], path: v.path, secret: v.secret}.follow()
		name := key.node.Value
		if key.node.Kind != yaml.ScalarNode {
			key.fault("a key is a plain word", "%s cannot be a key", key.described())
			continue
		}
		key.path = v.child(name)
		if first, twice := seen[name]; twice {
			before := key
			before.at = first
			key.fault("keep one of them", "stands here twice, first in line %d", before.problem("", "").Line)
			continue
		}
		seen[name] = key.at
		if key.keyOf(s) {
			n := v.node.Content[i+1]
			m.fields[name] = value{doc: v.doc, node: n, at: n, path: key.path, secret: v.secret}.follow()
		}
	}
	return m, true
}

// keyOf tells whether v is a key of s, and reports it if not.
func (v value) keyOf(s section) bool {
	name := v.node.Value
	switch {
	case slices.Contains(s.keys, name):
		return true
	case name == "<<":
		v.fault("write the keys out", "merge keys are not read: they hide where a value comes from")
	case s.own != nil && s.own(name):
		return true
	case s.own != nil:
		hint := ""
		if low := strings.ToLower(name); s.own(low) {
			hint = "did you mean " + low + "?"
		}
		v.fault(hint, "%s is not %s", quote(name), s.like)
	default:
		v.fault(didYouMean(name, s.keys), "is not a key that is known here")
	}
	return false
}

// expected says what the mapping holds.
func (s section) expected() string {
	if s.own != nil {
		return "each key is " + s.like
	}
	return "the keys here are " + strings.Join(s.keys, ", ")
}

// child is the path of a key of v. In a secret a wrong key may be the secret itself.
func (v value) child(name string) string {
	switch {
	case v.secret:
		return v.path
	case strings.Trim(strings.ToLower(name), "abcdefghijklmnopqrstuvwxyz0123456789_-") != "" || len(name) > maxShown || name == "":
		name = quote(name)
	}
	if v.path == "" {
		return name
	}
	return v.path + "." + name
}

// field returns the value of a key, if it is there.
func (m mapping) field(name string) (value, bool) {
	v, ok := m.fields[name]
	return v, ok
}

// required returns the value of a key, or reports that it is missing.
func (m mapping) required(name, hint string) (value, bool) {
	v, ok := m.fields[name]
	if !ok {
		m.lacks(name, hint)
	}
	return v, ok
}

func (m mapping) lacks(name, hint string) {
	missing := m.value
	missing.path = m.child(name)
	missing.fault(hint, "is missing")
}

// only returns the one key of names that is there, or reports that there is none or more than one.
func (m mapping) only(names ...string) (string, value, bool) {
	var given []string
	for _, name := range names {
		if _, ok := m.fields[name]; ok {
			given = append(given, name)
		}
	}
	switch len(given) {
	case 0:
		m.fault("give one of "+strings.Join(names, ", "), "says none of %s", strings.Join(names, ", "))
		return "", value{}, false
	case 1:
		return given[0], m.fields[given[0]], true
	}
	m.fault("keep one of them", "has %s at once", strings.Join(given, " and "))
	return "", value{}, false
}
