package reportconfig_test

import (
	"errors"
	"flag"
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

func write(t *testing.T, file, content string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestFaultsAreToldWithTheirPlace(t *testing.T) {
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

func TestWarningsAreWhatIsAllowedButOdd(t *testing.T) {
	t.Chdir("testdata/fine")
	for _, name := range configs(t) {
		c, err := reportconfig.Load(name, "")
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		golden(t, name, c.Warnings.Error()+"\n")
	}
}
