package reportconfig

import (
	"fmt"
	"path/filepath"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"
)

// value is one value of a file and the place it stands at. Its readers report what does not fit and say whether it
// did.
type value struct {
	doc    *document
	node   *yaml.Node // what it says
	at     *yaml.Node // where it says so: another node than node if it is an alias
	path   string
	secret bool // never repeat it in a message
}

// follow resolves an alias; checkAliases has made sure that this ends.
func (v value) follow() value {
	for v.node.Kind == yaml.AliasNode {
		v.node = v.node.Alias
	}
	return v
}

// under returns what a mapping that has been read before says under a key; v itself if it says nothing there.
func (v value) under(key string) value {
	for i := 0; i+1 < len(v.node.Content) && v.node.Kind == yaml.MappingNode; i += 2 {
		if n := v.node.Content[i+1]; v.node.Content[i].Value == key {
			return value{doc: v.doc, node: n, at: n, path: v.child(key), secret: v.secret}.follow()
		}
	}
	return v
}

// fault reports that something is wrong with v.
func (v value) fault(hint, format string, args ...any) {
	v.doc.found.fault(v.problem(hint, fmt.Sprintf(format, args...)))
}

// warn reports something about v that is allowed but probably not meant.
func (v value) warn(hint, format string, args ...any) {
	v.doc.found.warn(v.problem(hint, fmt.Sprintf(format, args...)))
}

func (v value) problem(hint, message string) Problem {
	line, column := v.doc.place(v.at.Line, v.at.Column)
	return Problem{File: v.doc.name, Line: max(1, line), Column: column, Path: v.path, Message: message, Hint: hint}
}

// where names the place of v in the message of a problem elsewhere.
func (v value) where() string {
	line, column := v.doc.place(v.at.Line, v.at.Column)
	return fmt.Sprintf("%s:%d:%d", escape(v.doc.name, len(v.doc.name)), line, column)
}

// str reads a string. A number is not taken for one: 012 and 1e3 would not mean what was written.
func (v value) str() (string, bool) {
	switch {
	case v.node.Kind != yaml.ScalarNode:
		return v.strLike("")
	case v.node.ShortTag() == "!!null":
		return v.strLike("give it a value or leave it out")
	}
	return v.strLike("quote it")
}

// strLike is str with a hint of its own for what is no string.
func (v value) strLike(hint string) (string, bool) {
	if v.foreign() {
		return "", false
	}
	if v.node.Kind == yaml.ScalarNode {
		switch v.node.ShortTag() {
		case "!!str", "!!timestamp": // a date is read as it is written
			return v.node.Value, true
		}
	}
	v.fault(hint, "must be a string, is %s", v.described())
	return "", false
}

// text reads a string that says something and can be printed on one line.
func (v value) text() (string, bool) {
	s, ok := v.str()
	if !ok {
		return "", false
	}
	if r, ok := stray(s); ok {
		v.fault("take it out", "holds the character U+%04X, which has no place here", r)
		return "", false
	}
	if blank(s) {
		v.fault("write something or leave the key out", "is blank")
		return "", false
	}
	return s, true
}

// number reads an integer from low to high, written in plain digits.
func (v value) number(low, high uint64) (uint64, bool) {
	if v.foreign() {
		return 0, false
	}
	if v.node.Kind != yaml.ScalarNode || v.node.ShortTag() != "!!int" {
		hint := ""
		if _, err := strconv.ParseUint(v.node.Value, 10, 64); err == nil {
			hint = "without quotes"
		}
		v.fault(hint, "must be a whole number, is %s", v.described())
		return 0, false
	}
	n, err := strconv.ParseUint(v.node.Value, 10, 64)
	if err != nil || n < low || n > high || n > 0 && strings.HasPrefix(v.node.Value, "0") {
		v.fault("", "must be a whole number from %d to %d, is %s", low, high, v.described())
		return 0, false
	}
	return n, true
}

// filePath reads a path; a relative one starts from the directory of the file that names it.
func (v value) filePath() (string, bool) {
	s, ok := v.text()
	switch {
	case !ok:
		return "", false
	case strings.HasPrefix(s, "~"):
		v.fault("write the whole path", "~ is not the home directory here")
		return "", false
	case filepath.IsAbs(s):
		return filepath.Clean(s), true
	}
	return filepath.Join(v.doc.dir, s), true
}

// list reads the items of a list.
func (v value) list() ([]value, bool) {
	if v.foreign() {
		return nil, false
	}
	if v.node.Kind != yaml.SequenceNode {
		hint := "write it as a list: [a, b], or one item to a line after a dash"
		if v.node.ShortTag() == "!!null" {
			hint = "leave the key out, or put something under it"
		}
		v.fault(hint, "must be a list, is %s", v.described())
		return nil, false
	}
	items := make([]value, len(v.node.Content))
	for i, n := range v.node.Content {
		items[i] = value{doc: v.doc, node: n, at: n, path: fmt.Sprintf("%s[%d]", v.path, i), secret: v.secret}.follow()
	}
	return items, true
}

// foreign refuses the tags that would make something else of a value than what is written.
func (v value) foreign() bool {
	if v.node.Style&yaml.TaggedStyle == 0 {
		return false
	}
	switch v.node.ShortTag() {
	case "!!str", "!!int", "!!float", "!!bool", "!!null", "!!seq", "!!map": // a !!timestamp is foreign, unlike a plain date
		return false
	}
	v.fault("leave the tag (!) out; quote a text that begins with !", "tags of other types are not read here")
	return true
}

// described says what kind of thing v is, and shows it if it may be shown.
func (v value) described() string {
	switch v.node.Kind {
	case yaml.SequenceNode:
		return "a list"
	case yaml.MappingNode:
		return "a mapping"
	}
	kind := map[string]string{
		"!!null": "empty", "!!bool": "the boolean", "!!int": "the number", "!!float": "the number",
		"!!timestamp": "the date", "!!str": "the string", "!!merge": "the merge mark",
	}[v.node.ShortTag()]
	switch {
	case kind == "empty":
		return kind
	case v.secret:
		return kind + " that stands there"
	case v.node.ShortTag() == "!!str":
		return kind + " " + quote(v.node.Value)
	}
	return kind + " " + escape(v.node.Value, maxShown)
}
