package yamltree

import (
	"errors"
	"path/filepath"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"
)

// Str reads a string. A number is not taken for one: 012 and 1e3 would not mean what was written.
func (v Value) Str() (string, bool) {
	switch {
	case v.IsList():
		return v.StrWithHint("write one value, without brackets or dashes")
	case !v.IsScalar():
		return v.StrWithHint("write one value, without keys")
	case v.Tag() == "!!null":
		return v.StrWithHint("give it a value or leave it out")
	}
	return v.StrWithHint("quote it")
}

// StrWithHint is Str with a hint of its own for what is no string.
func (v Value) StrWithHint(hint string) (string, bool) {
	if v.hasForeignTag() {
		return "", false
	}
	if v.IsScalar() {
		switch v.Tag() {
		case "!!str", "!!timestamp": // a date is read as it is written
			return v.node.Value, true
		}
	}
	v.Fault(hint, "must be a string, is %s", v.Describe())
	return "", false
}

// Text reads a string that says something and can be printed on one line; "" if it does not.
func (v Value) Text() string {
	s, ok := v.Str()
	if !ok {
		return ""
	}
	if r, ok := InvalidRune(s); ok {
		v.Fault("take it out", "holds the character U+%04X, which has no place here", r)
		return ""
	}
	if isBlank(s) {
		v.Fault("write something or leave the key out", "is blank")
		return ""
	}
	return s
}

// Number reads an integer from low to high, written in plain digits; 0 if it is none.
func (v Value) Number(low, high uint64) uint64 {
	if v.hasForeignTag() {
		return 0
	}
	n, err := strconv.ParseUint(v.node.Value, 10, 64)
	tooLarge := errors.Is(err, strconv.ErrRange) && v.Tag() == "!!float" // as YAML takes what is no int64
	if !v.IsScalar() || v.Tag() != "!!int" && !tooLarge {
		hint := ""
		if err == nil {
			hint = "without quotes"
		}
		v.Fault(hint, "must be a whole number, is %s", v.Describe())
		return 0
	}
	if err != nil || n < low || n > high || n > 0 && strings.HasPrefix(v.node.Value, "0") {
		v.Fault("give a number in that range, or leave the key out", "must be a whole number from %d to %d, is %s", low, high, v.Describe())
		return 0
	}
	return n
}

// Bool reads true or false; false if it is neither.
func Bool(v Value) bool {
	if v.hasForeignTag() {
		return false
	}
	if !v.IsScalar() || v.Tag() != "!!bool" {
		hint := "true or false"
		if v.node.Value == "true" || v.node.Value == "false" {
			hint = "without quotes"
		}
		v.Fault(hint, "must be true or false, is %s", v.Describe())
		return false
	}
	return strings.EqualFold(v.node.Value, "true")
}

// FilePath reads a path and makes it absolute; "" if it is none. A relative one starts from the directory of the document.
func (v Value) FilePath() string {
	s := v.Text()
	switch {
	case s == "":
		return ""
	case strings.HasPrefix(s, "~"):
		v.Fault("write the whole path", "~ is not the home directory here")
		return ""
	case filepath.IsAbs(s):
		return filepath.Clean(s)
	}
	return filepath.Join(v.doc.Dir, s)
}

// hasForeignTag refuses the tags that would make something else of a value than what is written.
func (v Value) hasForeignTag() bool {
	if v.node.Style&yaml.TaggedStyle == 0 {
		return false
	}
	switch v.Tag() {
	case "!!str", "!!int", "!!float", "!!bool", "!!null", "!!seq", "!!map": // a !!timestamp is foreign, unlike a plain date
		return false
	}
	v.Fault("leave the tag (!) out; quote a text that begins with !", "tags of other types are not read here")
	return true
}

// Describe says what kind of thing v is, and shows it if it may be shown.
func (v Value) Describe() string {
	switch v.node.Kind {
	case yaml.SequenceNode:
		return "a list"
	case yaml.MappingNode:
		return "a mapping"
	}
	kind := map[string]string{
		"!!null": "empty", "!!bool": "the boolean", "!!int": "the number", "!!float": "the number",
		"!!timestamp": "the date", "!!str": "the string", "!!merge": "the merge mark",
	}[v.Tag()]
	switch {
	case kind == "empty":
		return kind
	case v.secret:
		return kind + " that stands there"
	case v.Tag() == "!!str":
		return kind + " " + Quote(v.node.Value)
	}
	return kind + " " + Escape(v.node.Value, maxShown)
}
