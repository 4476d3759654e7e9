package reportconfig_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

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
			case err == nil && (len(c.Reports) == 0 && c.Web == nil || c.Location == nil):
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

// FuzzDaemonValues: the schema takes every value that Load takes, what Load takes is in bounds, and a ping is never
// repeated.
func FuzzDaemonValues(f *testing.F) {
	keys := []string{"operator", "state", "catchup", "retention", "listen", "empty", "uncertain", "ping"}
	for i, values := range [][]string{
		{"a@example.com", "A <a@example.com>"}, {"rapport.db", "a/b", "/c", "a/", "postgres://u:p@h/d"}, {"35d", "5w", "366d", "52w"},
		{"400d", "3660d", "522w", "34d"}, {"127.0.0.1:9797", ":0", "[::1]:65535", "a.b-c:80", "1.2.3:4"}, {"send", "skip"},
		{"resend", "hold"}, {"https://a.b/c?d=%", "http://[::1]:8/%20", "HTTP://LOCALHOST", "https://u:p@h/", "http://[0:0::0:1]/"},
	} {
		for _, v := range values {
			f.Add(byte(i), v)
		}
	}
	schema, file := compiled(f), filepath.Join(f.TempDir(), "fuzz.json")
	f.Fuzz(func(t *testing.T, n byte, written string) {
		key := keys[int(n)%len(keys)]
		if key == "ping" {
			written += "hunter2"
		}
		report := map[string]any{"dataType": "checkout/transactions", "schedule": "daily", "language": "no"}
		config := map[string]any{"account": "T12345678", "source": map[string]any{"sandbox": map[string]any{}}, "reports": []any{report},
			"mail": map[string]any{"from": "a@example.com", "outbox": "outbox"}}
		at := config
		if slices.Contains(keys[5:], key) {
			at = report
		}
		at[key] = written
		data, err := json.Marshal(config)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, data, 0o600); err != nil {
			t.Fatal(err)
		}
		c, err := reportconfig.Load(file, "")
		if err != nil {
			if strings.Contains(err.Error(), "hunter2") {
				t.Errorf("the message repeats the ping: %v", err)
			}
			return
		}
		values, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
		if err != nil {
			t.Fatal(err)
		}
		if err := schema.Validate(values); err != nil {
			t.Errorf("Load takes %s: %q, the schema says %v", key, written, err)
		}
		if !filepath.IsAbs(c.State) || c.Catchup < day || c.Catchup > 366*day || c.Retention < c.Catchup || c.Retention > 3660*day {
			t.Errorf("%s: %q gives %+v", key, written, c)
		}
		if _, _, err := net.SplitHostPort(c.Listen); err != nil {
			t.Error(err)
		}
	})
}
