package reportconfig_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"rapport/reportconfig"
)

// FuzzLoad: whatever the bytes are, Load ends, does not panic, and gives every fault a line of its own.
func FuzzLoad(f *testing.F) {
	for _, pattern := range []string{"testdata/fine/*.yaml", "testdata/fine/*.json", "testdata/faults/*.yaml", "testdata/faults/*.json"} {
		names, err := filepath.Glob(pattern)
		if err != nil || len(names) == 0 {
			f.Fatalf("%s: %v, %v", pattern, names, err)
		}
		for _, name := range names {
			data, err := os.ReadFile(name)
			if err != nil {
				f.Fatal(err)
			}
			f.Add(data)
		}
	}
	dir := f.TempDir()
	f.Fuzz(func(t *testing.T, data []byte) {
		if strings.Contains(string(data), "include") {
			return // would read files of this machine
		}
		for _, name := range []string{"fuzz.yaml", "fuzz.json"} {
			file := filepath.Join(dir, name)
			if err := os.WriteFile(file, data, 0o600); err != nil {
				t.Fatal(err)
			}
			c, err := reportconfig.Load(file, "")
			var faults reportconfig.Problems
			switch {
			case err == nil && (len(c.Reports) == 0 || c.Location == nil):
				t.Errorf("without a fault, but %+v", c)
			case err != nil && (!errors.As(err, &faults) || len(faults) == 0):
				t.Errorf("the error is %v", err)
			}
			for _, p := range faults {
				if p.Line < 1 || p.Column < 0 || strings.ContainsAny(p.String(), "\r\n\x00\x1b\u2028") {
					t.Errorf("not a line with a place: %q", p)
				}
			}
		}
	})
}

func TestLargeFilesEndSoon(t *testing.T) {
	const size = 1 << 20
	fill := func(s string) string { return strings.Repeat(s, size/len(s)-1) }
	report := "{dataType: a, schedule: b, language: c},"
	for name, content := range map[string]string{
		"brackets":      fill("["),
		"keys":          fill("a: 1\n"),
		"list":          "reports: [" + fill("1,")[:size-100] + "]",
		"reports":       "reports: [" + fill(report)[:size/len(report)*len(report)-200] + "]",
		"aliases":       "a: &a {b: c}\nreports:\n" + fill("- *a\n")[:size/2],
		"open quote":    "a: \"" + fill("x\n"),
		"open bracket":  "a: [\n" + fill("x,\n")[:size/2],
		"wrong at last": fill("# x\n")[:size/2] + "a: b: c\n",
		"long key":      "? " + fill("k")[:size/2] + "\n: 1\n",
		"escaped JSON":  `{"account": "` + fill(`\/`)[:size/2] + `", "source": [` + strings.Repeat("1,", size/8) + `1], "x": 1}`,
		"comments":      fill("#\n"),
		"anchors":       fill("- &a b\n"),
	} {
		t.Run(name, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "large.yaml")
			write(t, file, content)
			if _, err := reportconfig.Load(file, ""); err == nil {
				t.Error("taken")
			} else if len(err.Error()) > 1<<20 {
				t.Errorf("the message has %d bytes", len(err.Error()))
			}
		})
	}
}
