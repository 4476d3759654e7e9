package secrets

import (
	"os"
	"path/filepath"
	"rapport/reportconfig"
	"strings"
	"testing"
)

// TestSecretFilesAsPeopleMakeThem work, or are a fault that names the file and shows
// nothing of it.
func TestSecretFilesAsPeopleMakeThem(t *testing.T) {
	for name, test := range map[string]struct{ text, want, fault string }{
		"printf":                  {"hemmelig", "hemmelig", ""},
		"echo":                    {"hemmelig\n", "hemmelig", ""},
		"Windows":                 {"hemmelig\r\n", "hemmelig", ""},
		"an editor":               {"hemmelig\n\n", "hemmelig", ""},
		"an editor on Windows":    {"hemmelig\r\n\r\n", "hemmelig", ""},
		"a blank that belongs":    {" hemme lig \n", " hemme lig ", ""},
		"other letters":           {"hemmelig æøå €\n", "hemmelig æøå €", ""},
		"Latin-1":                 {"hemmelig \xe6\n", "hemmelig \xe6", ""},
		"a byte order mark":       {"\ufeffhemmelig\r\n", "", "byte order mark"},
		"UTF-16":                  {"\xff\xfeh\x00e\x00m\x00\r\x00\n\x00", "", "UTF-16"},
		"UTF-16, the other way":   {"\xfe\xff\x00h\x00e", "", "UTF-16"},
		"UTF-16 without its mark": {"h\x00e\x00m\x00", "", "UTF-16"},
		"blanks alone":            {" \t \n", "", "holds no secret"},
		"line ends alone":         {"\n\n", "", "holds no secret"},
		"nothing":                 {"", "", "holds no secret"},
		"two lines":               {"hemmelig\nhemmelig\n", "", "more than one line"},
		"a line end of old":       {"hemmelig\rhemmelig", "", "more than one line"},
		"a control character":     {"hemme\x1blig", "", "control character"},
		"a tab":                   {"hemme\tlig", "", "control character"},
		"another control":         {"hemme\u0085lig", "", "control character"},
		"as much as a secret has": {strings.Repeat("x", maxSecret), strings.Repeat("x", maxSecret), ""},
		"much more than it has":   {strings.Repeat("x", maxSecret+1), "", "is larger than 64 kB"},
	} {
		path := filepath.Join(t.TempDir(), "pw")
		if err := os.WriteFile(path, []byte(test.text), 0o600); err != nil {
			t.Fatal(err)
		}
		env := map[string]string{"PW": test.text, "CREDENTIALS_DIRECTORY": filepath.Dir(path)}
		s := Source{func(name string) string { return env[name] }}
		for place, secret := range map[string]reportconfig.Secret{path: {File: path}, "pw": {Credential: "pw"}, "PW": {Env: "PW"}} {
			if secret.Env != "" && (test.text == "" || len(test.text) > maxSecret) {
				continue
			}
			got, err := s.Read(secret)
			switch {
			case test.fault == "" && (err != nil || got != test.want):
				t.Errorf("%s in %s: %q, %v", name, secret, got, err)
			case test.fault != "" && (err == nil || !strings.Contains(err.Error(), place) || !strings.Contains(err.Error(), test.fault) || strings.Contains(err.Error(), "hemme")):
				t.Errorf("%s in %s: %q, %v", name, secret, got, err)
			}
		}
	}
}
