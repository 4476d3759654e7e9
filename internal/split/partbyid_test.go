package split

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"rapport/reportconfig"
)

// TestAListThatChangedIsReadAnew: by its time or its size, and not otherwise.
func TestAListThatChangedIsReadAnew(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.csv")
	write := func(to string, at time.Time) {
		if err := os.WriteFile(path, []byte("value,emails\na,"+to+"@a.example\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(path, at, at); err != nil {
			t.Fatal(err)
		}
	}
	d := &Directory{Value: func(string, string) (string, bool, error) { return "a", true, nil }}
	whole := &reportconfig.Report{ID: "torget", Split: reportconfig.SplitBySeller, Addresses: path, Data: reportconfig.Transactions{}}
	at := time.Date(2026, 11, 19, 12, 0, 0, 0, time.UTC)
	for _, step := range []struct {
		to string
		at time.Time
	}{{"kari", at}, {"nora", at.Add(time.Second)}, {"ingrid", at.Add(time.Second)}} {
		write(step.to, step.at)
		if part := d.Find(whole, "torget.a"); part == nil || part.Part.Fault != nil || part.Emails[0].Address != step.to+"@a.example" {
			t.Errorf("%s: %+v", step.to, part)
		}
	}
}
