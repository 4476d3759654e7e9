package reportconfig

import (
	_ "embed"
	"sync"

	"rapport/internal/yamltree"
)

//go:embed schema.json
var schema string

// Schema is the JSON Schema (2020-12) of the file, for editors. What it cannot say, Load still checks: that IDs are
// unique, that a zone exists, what an included file holds.
func Schema() []byte { return []byte(schema) }

// section returns the keys of a mapping of the file, and the words that they may say. schema.json is the one place that
// lists them: a new key needs a line there and a reader here. name is a property or a definition of the schema;
// "configuration" is the file itself.
func section(name string) yamltree.Section { return sections()[name] }

var sections = sync.OnceValue(func() map[string]yamltree.Section {
	doc := yamltree.Document{Name: "schema.json", Findings: &yamltree.Findings{}}
	root, _ := doc.Parse([]byte(schema))
	all := map[string]yamltree.Section{}
	addSection(all, "configuration", root)
	definitions, _ := root.Child("$defs")
	for name, definition := range definitions.Children() {
		addSection(all, name, definition)
	}
	return all
})

// addSection adds an object of the schema and the objects in it.
func addSection(all map[string]yamltree.Section, name string, object yamltree.Value) {
	properties, ok := object.Child("properties")
	if !ok {
		return
	}
	s := yamltree.Section{Enum: map[string][]string{}}
	for key, property := range properties.Children() {
		s.Keys = append(s.Keys, key)
		s.Enum[key] = words(property)
		addSection(all, key, property)
	}
	all[name] = s
}

// words are those that the schema allows for a property, or for each item of a list.
func words(property yamltree.Value) (list []string) {
	if items, ok := property.Child("items"); ok {
		return words(items)
	}
	enum, ok := property.Child("enum")
	if !ok {
		return nil
	}
	items, _ := enum.List()
	for _, word := range items {
		list = append(list, word.Raw())
	}
	return list
}
