package reportconfig_test

import (
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"rapport/reportconfig"
)

var update = flag.Bool("update", false, "write the golden files anew")

// configs lists the configurations in the current directory.
func configs(t *testing.T) []string {
	t.Helper()
	var names []string
	for _, pattern := range []string{"*.yaml", "*.json"} {
		found, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		names = append(names, found...)
	}
	if len(names) == 0 {
		t.Fatal("no configuration in testdata")
	}
	return names
}

// golden compares got with the text beside the configuration name.
func golden(t *testing.T, name, got string) {
	t.Helper()
	file := strings.TrimSuffix(name, filepath.Ext(name)) + ".txt"
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatalf("%v (run the test with -update)", err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", name, diff)
	}
}

func TestEachMistakeIsToldWithItsPlace(t *testing.T) {
	t.Chdir("testdata/faults")
	for _, name := range configs(t) {
		t.Run(name, func(t *testing.T) {
			_, err := reportconfig.Load(name, "")
			var faults reportconfig.Problems
			if !errors.As(err, &faults) {
				t.Fatalf("Load gave %v, want Problems", err)
			}
			for _, p := range faults {
				if p.Line < 1 {
					t.Errorf("no line: %v", p)
				}
				if strings.ContainsAny(p.String(), "\n\r") {
					t.Errorf("more than one line: %q", p)
				}
			}
			golden(t, name, faults.Error()+"\n")
		})
	}
}

func TestSecretsAreNeverRepeated(t *testing.T) {
	t.Chdir("testdata/faults")
	for _, name := range configs(t) {
		_, err := reportconfig.Load(name, "")
		for _, secret := range []string{"hunter2", "HUNTER2", "48151623"} {
			if strings.Contains(err.Error(), secret) {
				t.Errorf("%s: the message repeats the secret: %v", name, err)
			}
		}
	}
}

func TestAFileThatCannotBeReadIsNamed(t *testing.T) {
	_, err := reportconfig.Load("gone.yaml", "")
	if !errors.Is(err, fs.ErrNotExist) || !strings.Contains(err.Error(), "gone.yaml") {
		t.Errorf("Load gave %v, want that gone.yaml does not exist", err)
	}
}

func TestAFileLargerThanTheLimitIsNotParsed(t *testing.T) {
	file := filepath.Join(t.TempDir(), "large.yaml")
	if err := os.WriteFile(file, []byte("#"+strings.Repeat("x", 8<<20)), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := reportconfig.Load(file, "")
	if err == nil || !strings.Contains(err.Error(), "larger than 8 MiB") {
		t.Errorf("Load gave %v", err)
	}
}

// TestOneFileHoldsTenThousandReports, and no more values than memory has room for.
func TestOneFileHoldsTenThousandReports(t *testing.T) {
	const head = "account: T12345678\nsource: {sandbox: {seed: 1}}\nmail: {from: a@fjordfisk.no, outbox: outbox}\nreports:\n"
	var text strings.Builder
	text.WriteString(head)
	for i := range 10_000 {
		fmt.Fprintf(&text, "  - id: shop-%05d\n    name: Dagsoppgjør %05d\n    dataType: checkout/transactions\n    schedule: daily\n    language: no\n"+
			"    contentTypes: [application/pdf, text/csv]\n    reportFilters:\n      - {filter: store_id, value: sc%05d}\n"+
			"    emails: [regnskap%05d@fjordfisk.no, Kari Nordmann <kari%05d@fjordfisk.no>]\n    at: \"06:00\"\n", i, i, i, i, i)
	}
	file := filepath.Join(t.TempDir(), "large.yaml")
	write(t, file, text.String())
	c, err := reportconfig.Load(file, "")
	if err != nil || len(c.Reports) != 10_000 || c.Reports[9_999].ID != "shop-09999" {
		t.Fatalf("Load gave %v", err)
	}
	for _, many := range []string{"reports: [" + strings.Repeat("1,", 600_000) + "]", strings.Repeat("a: 1\n", 600_000), strings.Repeat("- ", 600_000)} {
		write(t, file, many)
		if _, err := reportconfig.Load(file, ""); err == nil || !strings.Contains(err.Error(), "too many lines or values") {
			t.Errorf("Load gave %.200v", err)
		}
	}
}

func write(t *testing.T, file, content string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}
