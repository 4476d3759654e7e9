package reportconfig_test

import (
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"rapport/reportconfig"
)

func TestIncludeReadsEachFileOnce(t *testing.T) {
	c, _ := load(t, "include.yaml", "")
	var got []string
	for _, r := range c.Reports {
		got = append(got, r.ID+" "+r.Name)
	}
	want := []string{"3f2504e0-4f89-41d3-9a0c-0305e82c3301 Fisk 🐟", "orders-orderoperations-daily "} // in the order they are named
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("reports (-want +got):\n%s", diff)
	}
}

func TestIncludeTakesADirectoryLiterally(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "[a]*\\?")
	write(t, filepath.Join(dir, "main.yaml"), "account: T12345678\nsource: {sandbox: {}}\ninclude: [\"*.json\"]\n")
	write(t, filepath.Join(dir, "one.json"), `{"dataType": "wallets/transactions", "schedule": "daily", "language": "no"}`)
	c, err := reportconfig.Load(filepath.Join(dir, "main.yaml"), "")
	if err != nil || len(c.Reports) != 1 {
		t.Errorf("Load gave %v, %v", c, err)
	}
}
