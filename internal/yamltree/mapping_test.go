package yamltree_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"rapport/internal/yamltree"
)

// parse reads a document that is one.
func parse(t *testing.T, text string) (yamltree.Value, *yamltree.Findings) {
	t.Helper()
	found := &yamltree.Findings{}
	doc := yamltree.Document{Name: "body.json", Dir: "/", Findings: found}
	root, ok := doc.Parse([]byte(text))
	if !ok {
		t.Fatal(found.Faults())
	}
	return root, found
}

func TestMappingTellsEveryWrongKeyWithItsPath(t *testing.T) {
	root, found := parse(t, "{name: x,\n nmae: y, name: z,\n list: [{a: 1}], <<: {}, \"ø d\": 1}")
	m, ok := root.Mapping(yamltree.Section{Keys: []string{"name", "list"}})
	if !ok {
		t.Fatal(found.Faults())
	}
	list, _ := m.Field("list")
	items, _ := list.List()
	items[0].Mapping(yamltree.Section{Keys: []string{"b"}})
	if got, want := strings.Join(m.Keys(), " "), "name list"; got != want {
		t.Errorf("keys: %s, want %s", got, want)
	}
	var paths []string
	for _, p := range found.Faults() {
		paths = append(paths, p.Path+": "+p.Message)
	}
	want := []string{"nmae: is not a key that is known here", "name: stands here twice, first in line 1", "list[0].a: is not a key that is known here",
		`"<<": merge keys are not read: they hide where a value comes from`, `"ø d": is not a key that is known here`}
	if diff := cmp.Diff(want, paths); diff != "" {
		t.Errorf("faults (-want +got):\n%s", diff)
	}
}

func TestChoiceIsAWordOfTheEnumeration(t *testing.T) {
	s := yamltree.Section{Keys: []string{"a", "b", "c"}, Enum: map[string][]string{"a": {"x"}, "b": {"x"}, "c": {"x"}}}
	root, found := parse(t, "{a: x, b: y}")
	m, _ := root.Mapping(s)
	if got := m.Choice("a") + m.Choice("c"); got != "x" || len(found.Faults()) > 0 {
		t.Errorf("a and c are %q, %v", got, found.Faults())
	}
	if got := m.Choice("b"); got != "" || len(found.Faults()) != 1 {
		t.Errorf("b is %q, %v", got, found.Faults())
	}
}

func TestSecretIsNeverShown(t *testing.T) {
	root, found := parse(t, "{password: {hunter2: 1, list: [hunter2, 17]}}")
	m, _ := root.Mapping(yamltree.Section{Keys: []string{"password"}})
	password, _ := m.Field("password")
	secret, _ := password.Secret().Mapping(yamltree.Section{Keys: []string{"list"}})
	list, _ := secret.Field("list")
	list.Text()
	items, _ := list.List()
	items[0].Number(0, 1)
	items[1].Text()
	if faults := found.Faults(); len(faults) != 4 || strings.Contains(faults.Error(), "hunter2") || strings.Contains(faults.Error(), "17") {
		t.Error(faults)
	}
}
