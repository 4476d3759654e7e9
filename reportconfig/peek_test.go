package reportconfig_test

import (
	"os"
	"path/filepath"
	"testing"

	"rapport/reportconfig"
)

// TestPeekKnowsTheReportsOfAFileWithFaults, unless the fault may hide one.
func TestPeekKnowsTheReportsOfAFileWithFaults(t *testing.T) {
	const head, entry = "account: T12345678\nsource: {sandbox: {}}\n", "reports:\n  - {id: oslo, dataType: checkout/transactions, schedule: daily, language: en}\n"
	for name, c := range map[string]struct {
		text string
		want string // "": it is not known
	}{
		"fine":                           {head + entry, "oslo"},
		"a key that nobody knows":        {head + "nonsense: 1\n" + entry, "oslo"},
		"no source":                      {"account: T12345678\n" + entry, "oslo"},
		"a schedule that nobody has":     {head + "reports:\n  - {id: oslo, dataType: checkout/transactions, schedule: hourly, language: en}\n", "oslo"},
		"no syntax":                      {head + entry + "  - {", ""},
		"an id that is none":             {head + "reports:\n  - {id: 'Os lo', dataType: checkout/transactions, schedule: daily, language: en}\n", ""},
		"an entry that is none":          {head + entry + "  - oslo\n", ""},
		"an included file that is gone":  {head + "include: [gone.json]\n" + entry, ""},
		"an account that is none":        {"account: 1\nsource: {sandbox: {}}\n" + entry, ""},
		"a ledger that cannot be it":     {head + "state: '.'\n" + entry, ""},
		"reports that are no list":       {head + "reports: 1\n", ""},
		"a list":                         {"- 1\n", ""},
		"nothing":                        {"", ""},
		"a pattern that no file matches": {head + "include: ['*.json']\n" + entry, "oslo"},
	} {
		path := filepath.Join(t.TempDir(), "shop.yaml")
		if err := os.WriteFile(path, []byte(c.text), 0o600); err != nil {
			t.Fatal(err)
		}
		got := ""
		config, err := reportconfig.Peek(path, "")
		if err == nil && len(config.Reports) == 1 {
			got = config.Reports[0].ID
		}
		if got != c.want || (err == nil) != (c.want != "") {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
}
