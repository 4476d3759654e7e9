package yamltree

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"gopkg.in/yaml.v3"
)

// FuzzJSONReader: where yaml.v3 can read JSON too, both make the same tree, with the same places.
func FuzzJSONReader(f *testing.F) {
	for _, s := range []string{`{}`, `[]`, `{"a": [1, -0, 1.5, 1e3, true, null, "b\u00e5\n\"", ""], "<<": {"c": "\ud83d\udc1f"}}`,
		" {\"a\"\r\n:\n1}\n", `[[[["å"]], {"a":"a"}]]`, `{"a":1,"a":2}`, `[18446744073709551616, 1E400, 0]`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		d := Document{Findings: &Findings{}}
		if !isJSON(data) || d.checkText(data) != nil || loneSurrogate(data) >= 0 {
			return
		}
		r := jsonReader{rest: data, at: start()}
		r.separators()
		got := r.value()
		var want yaml.Node
		if strings.ContainsAny(string(data), "\t\u0085\u2028\u2029") || yaml.Unmarshal(data, &want) != nil {
			return // what only we can read, or read as it is meant
		}
		if diff := cmp.Diff(flat(want.Content[0]), flat(got)); diff != "" {
			t.Errorf("%q (-yaml +json):\n%s", data, diff)
		}
		if r.separators(); len(r.rest) > 0 {
			t.Errorf("%q: %q is left", data, r.rest)
		}
		var compact bytes.Buffer
		if err := json.Compact(&compact, data); err != nil || !equalJSON(compact.Bytes(), JSON(Value{node: got})) {
			t.Errorf("%q is written as %s", data, JSON(Value{node: got}))
		}
	})
}

// equalJSON tells whether two texts say the same, with the same numbers.
func equalJSON(a, b []byte) bool {
	read := func(data []byte) (v any) {
		d := json.NewDecoder(bytes.NewReader(data))
		d.UseNumber()
		_ = d.Decode(&v) // nothing then equals nothing else
		return v
	}
	return cmp.Equal(read(a), read(b))
}

func TestYAMLIsWrittenAsJSON(t *testing.T) {
	d := Document{Findings: &Findings{}}
	root, ok := d.Parse([]byte("b: [x, &a {n: 1.50, t: TRUE}]\na: *a\nd: 2026-11-19\nnone: ~\nodd: [.inf, 0x10, '<&>', no]\n"))
	if !ok {
		t.Fatal(d.Findings.Faults())
	}
	if got, want := string(JSON(root)), `{"b":["x",{"n":1.50,"t":true}],"a":{"n":1.50,"t":true},"d":"2026-11-19","none":null,"odd":[".inf","0x10","<&>","no"]}`; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	if got := string(JSON(Without(root, "b", "odd", "a"))); got != `{"d":"2026-11-19","none":null}` {
		t.Errorf("without some keys: %s", got)
	}
}

// flat lists what is compared of a tree.
func flat(n *yaml.Node) []any {
	list := []any{n.Kind, n.ShortTag(), n.Value, n.Line, n.Column}
	for _, c := range n.Content {
		list = append(list, flat(c))
	}
	return list
}

func TestJSONReaderReadsWhatYAMLCannot(t *testing.T) {
	data := "{\n\t\"a\\/b\":\t\"\\ud83d\\udc1f\\\\/\",\n\t\"" + strings.Repeat("k", 2000) + "\"\n:\t[\"\u2028\"]}"
	root, ok := (&Document{Findings: &Findings{}}).Parse([]byte(data))
	if !ok {
		t.Fatal("not read")
	}
	var keys []string
	for key, v := range root.Children() {
		keys = append(keys, key[:1]+" "+v.Where())
	}
	if diff := cmp.Diff([]string{"a :2:10", "k :4:3"}, keys); diff != "" {
		t.Errorf("keys and places (-want +got):\n%s", diff)
	}
	if fish, _ := root.Child("a/b"); fish.Raw() != `🐟\/` {
		t.Errorf("a/b is %q", fish.Raw())
	}
}

func TestLoneSurrogate(t *testing.T) {
	for s, want := range map[string]int{
		`["\ud83d\udc1f"]`: -1, `["\ud83d"]`: 2, `["a\udc1f"]`: 3, `["\udc1f\ud83d"]`: 2, `["\ud83d\ud83d\udc1f"]`: 2,
		`["\\ud83d"]`: -1, `["\u00e5\ud83d\n"]`: 8, `["\uD83D\uDC1F"]`: -1,
	} {
		if got := loneSurrogate([]byte(s)); got != want {
			t.Errorf("%s: %d, want %d", s, got, want)
		}
	}
}

func TestPositionCountsLinesAsYAMLDoes(t *testing.T) {
	for text, want := range map[string][2]int{
		"": {1, 1}, "åb": {1, 3}, "a\nb": {2, 2}, "a\r\nb": {2, 2}, "a\r\rb": {3, 2}, "a\u2028\u0085": {3, 1}, "\n\r": {3, 1},
	} {
		line, column := lineAndColumn([]byte(text), len(text))
		if got := [2]int{line, column}; got != want {
			t.Errorf("after %q: %v, want %v", text, got, want)
		}
		p := start()
		for b := range bytes.SplitSeq([]byte(text), nil) { // in pieces too
			p.pass(b)
		}
		if got := [2]int{p.line, p.column}; got != want {
			t.Errorf("after %q in pieces: %v, want %v", text, got, want)
		}
	}
}
