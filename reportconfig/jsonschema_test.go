package reportconfig_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"
	"gopkg.in/yaml.v3"

	"rapport/reportconfig"
)

// beyondSchema lists the mistakes that a schema takes, with the reason.
func beyondSchema() map[string]string {
	list := map[string]string{}
	for reason, names := range map[string][]string{
		"it speaks of values, not of how they are written": {"encoding-utf-16.yaml", "key-twice.yaml", "key-twice-top.yaml",
			"lapse-twice.yaml", "report-reconcile-twice.yaml", "report-subject-twice.yaml",
			"second-document.yaml", "second-document-broken.yaml", "second-document-empty.yaml", "smtp-port-hex.yaml",
			"money-voucher-type-padded.yaml", "money-workday-padded.yaml", "ping-tag.yaml", "tag-binary.yaml", "tag-foreign.yaml", "tag-own.yaml"},
		"it has no class of characters that nobody sees": {"filter-value-invisible.yaml"},
		"a float without a fraction is an integer to it": {"organization-number-float.yaml", "smtp-port-float.yaml"},
		"it cannot compare values": {"web-client-twice.yaml", "web-user-twice.yaml", "web-hook-twice.yaml", "web-listen-taken.yaml", "money-day-starts-after-at-given.yaml", "money-day-starts-after-at.yaml", "money-source-files-without-settlements.yaml",
			"money-voucher-clearing-is-bank.yaml", "money-voucher-twice-by-provider.yaml", "money-voucher-twice-by-seller.yaml", "money-voucher-twice.yaml", "account-id-other.yaml", "was-of-another.yaml", "was-itself.yaml", "was-twice.yaml", "emails-twice-respelt.yaml", "id-twice.yaml",
			"id-twice-by-name.yaml", "id-twice-default.yaml", "id-default-reserved.yaml", "source-files-other.yaml",
			"retention-below-catchup.yaml", "retention-below-default-catchup.yaml", "archive-is-state.yaml", "outbox-is-state.yaml",
			"state-is-archive.yaml", "state-is-configuration.yaml", "state-is-outbox.yaml", "state-in-the-way-of-archive.yaml"},
		"the zones change from year to year": {"timezone-abbreviation.yaml", "timezone-case.yaml", "timezone-city-only.yaml",
			"timezone-leap-seconds.yaml", "timezone-local.yaml", "timezone-machine.yaml", "timezone-misspelt.yaml", "timezone-posix.yaml"},
		"it reads no other file": {"include-directory.yaml", "include-empty-report.yaml", "include-faults.yaml", "include-list-of-reports.yaml", "include-itself.yaml",
			"include-missing-file.yaml", "include-no-match.yaml", "include-pattern-broken.yaml", "include-stars.yaml"},
		"it cannot take addresses, hosts and sizes apart": {"web-listen-all-without-url.yaml", "web-listen-reachable.yaml", "state-database-sslmode.yaml", "state-database-certificate-relative.yaml", "state-database-option.yaml", "api-url-metadata.yaml", "email-encoded-name.yaml",
			"ping-any-address.yaml", "ping-metadata.yaml",
			"email-long-local.yaml", "smtp-helo-literal.yaml", "smtp-max-message-overflow.yaml", "smtp-max-message-small.yaml"},
	} {
		for _, name := range names {
			list[name] = reason
		}
	}
	return list
}

func compiled(t testing.TB) *jsonschema.Schema {
	t.Helper()
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(reportconfig.Schema()))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("rapport.json", doc); err != nil {
		t.Fatal(err)
	}
	schema, err := c.Compile("rapport.json")
	if err != nil {
		t.Fatal(err)
	}
	return schema
}

// decoded reads JSON, or the first document of YAML.
func decoded(data []byte) (any, error) {
	if json.Valid(data) {
		return jsonschema.UnmarshalJSON(bytes.NewReader(data))
	}
	var n yaml.Node
	if err := yaml.Unmarshal(data, &n); err != nil {
		return nil, err
	}
	if len(n.Content) == 0 {
		return nil, errors.New("no document")
	}
	return plain(n.Content[0]), nil
}

// plain turns YAML into the values of JSON.
func plain(n *yaml.Node) any {
	switch n.Kind {
	case yaml.AliasNode:
		return plain(n.Alias)
	case yaml.SequenceNode:
		list := []any{}
		for _, c := range n.Content {
			list = append(list, plain(c))
		}
		return list
	case yaml.MappingNode:
		m := map[string]any{}
		for i := 0; i+1 < len(n.Content); i += 2 {
			m[n.Content[i].Value] = plain(n.Content[i+1])
		}
		return m
	}
	switch n.ShortTag() {
	case "!!null":
		return nil
	case "!!bool":
		return n.Value == "true"
	case "!!int", "!!float":
		return json.Number(strings.ReplaceAll(n.Value, "_", ""))
	}
	return n.Value
}

func TestSchemaAgreesWithLoad(t *testing.T) {
	schema := compiled(t)
	for _, dir := range []string{"testdata/faults", "testdata/fine"} {
		t.Run(dir, func(t *testing.T) {
			t.Chdir(dir)
			for _, name := range configs(t) {
				if strings.HasPrefix(name, "alias-") {
					continue // has no end
				}
				_, err := reportconfig.Load(name, "")
				data, readErr := os.ReadFile(name)
				if readErr != nil {
					t.Fatal(readErr)
				}
				values, syntax := decoded(data)
				if syntax != nil {
					if err == nil {
						t.Errorf("%s: Load takes what cannot be read: %v", name, syntax)
					}
					continue
				}
				fault := schema.Validate(values)
				_, beyond := beyondSchema()[name]
				switch {
				case err == nil && fault != nil:
					t.Errorf("%s: Load takes it, the schema says %v", name, fault)
				case err != nil && fault == nil && !beyond:
					t.Errorf("%s: the schema takes it, Load says %v", name, err)
				case beyond && fault != nil:
					t.Errorf("%s: is listed as beyond the schema, but it says %v", name, fault)
				}
			}
		})
	}
}

// properties calls visit for each key that the schema lists, with what it says of it.
func properties(t *testing.T, visit func(section, key string, property map[string]any)) {
	t.Helper()
	var root map[string]any
	if err := json.Unmarshal(reportconfig.Schema(), &root); err != nil {
		t.Fatal(err)
	}
	var walk func(section string, object map[string]any)
	walk = func(section string, object map[string]any) {
		listed, _ := object["properties"].(map[string]any)
		for key, property := range listed {
			visit(section, key, property.(map[string]any))
			walk(key, property.(map[string]any))
		}
	}
	walk("configuration", root)
	for name, definition := range root["$defs"].(map[string]any) {
		walk(name, definition.(map[string]any))
	}
}

// TestSchemaListsNoKeyThatNobodyReads: the readers take their keys from the schema, so one without a reader is
// accepted and ignored.
func TestSchemaListsNoKeyThatNobodyReads(t *testing.T) {
	var code strings.Builder
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		code.Write(data)
	}
	n := 0
	properties(t, func(section, key string, _ map[string]any) {
		n++
		if !strings.Contains(code.String(), `"`+key+`"`) {
			t.Errorf("%s: is %s read?", section, key)
		}
	})
	if n < 50 {
		t.Errorf("the schema lists %d keys", n)
	}
}

// TestSchemaDefaultsAreThoseOfLoad: to write a default out changes nothing.
func TestSchemaDefaultsAreThoseOfLoad(t *testing.T) {
	file := filepath.Join(t.TempDir(), "config.json")
	for _, sandbox := range []bool{true, false} {
		configuration := func() map[string]map[string]any {
			report := map[string]any{"dataType": "checkout/transactions", "schedule": "daily", "language": "no"}
			dintero := map[string]any{"client_id": "a", "client_secret": map[string]any{"env": "B"}}
			smtp := map[string]any{"host": "mail.example.com"}
			at := map[string]map[string]any{"report": report, "dintero": dintero, "smtp": smtp, "sandbox": {}, "web": {}}
			source := map[string]any{"dintero": dintero}
			if sandbox {
				source = map[string]any{"sandbox": at["sandbox"]}
			}
			at["configuration"] = map[string]any{"account": "T12345678", "source": source, "reports": []any{report}, "web": at["web"],
				"mail": map[string]any{"from": "a@example.com", "smtp": smtp}}
			return at
		}
		read := func(root map[string]any) *reportconfig.Config {
			data, err := json.Marshal(root)
			if err != nil {
				t.Fatal(err)
			}
			write(t, file, string(data))
			c, err := reportconfig.Load(file, "")
			if err != nil {
				t.Fatal(err)
			}
			c.ListenSet, c.Reports[0].Written = false, nil
			return c
		}
		want := read(configuration()["configuration"])
		properties(t, func(section, key string, property map[string]any) {
			byDefault, ok := property["default"]
			if !ok {
				return
			}
			at := configuration()
			at[section][key] = byDefault
			if diff := cmp.Diff(want, read(at["configuration"]), compareLocations()); diff != "" {
				t.Errorf("%s: %s: %v is not what is meant without it (-without +with):\n%s", section, key, byDefault, diff)
			}
		})
	}
}

// TestREADMEShowsEveryKey: its example is read without a fault, and has every key of the file and of a report.
func TestREADMEShowsEveryKey(t *testing.T) {
	readme, err := os.ReadFile(filepath.Join("..", "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	_, example, _ := strings.Cut(string(readme), "```yaml\naccount: ")
	example, _, found := strings.Cut("account: "+example, "```")
	if !found {
		t.Fatal("README has no example that begins with account")
	}
	file := filepath.Join(t.TempDir(), "config.yaml")
	write(t, file, strings.ReplaceAll(example, "…", "x"))
	if _, err := reportconfig.Load(file, ""); err != nil {
		t.Error(err)
	}
	properties(t, func(section, key string, _ map[string]any) {
		exported := key == "accountId" || key == "created_at" || key == "created_by"
		shown := strings.Contains(example, "\n"+key+":") || strings.Contains(example, "  "+key+":") || strings.Contains(example, "- "+key+":")
		if (section == "configuration" || section == "report") && !exported && !shown && key != "account" {
			t.Errorf("the example lacks %s of %s", key, section)
		}
	})
}
