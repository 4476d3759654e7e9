package reportconfig_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"rapport/reportconfig"
)

func TestPathsUnderSystemdStartFromTheStateDirectory(t *testing.T) {
	state := t.TempDir()
	for name, want := range map[string][2]string{
		"smallest.yaml": {filepath.Join(state, "rapport.db"), filepath.Join(state, "archive")},
		"full.yaml":     {filepath.Join(state, "kept", "ledger.db"), filepath.Join(state, "kept", "archive")},
	} {
		c, err := reportconfig.Load(filepath.Join("testdata", "fine", name), state)
		if err != nil {
			t.Fatal(err)
		}
		if got := [2]string{c.State, c.Archive}; got != want {
			t.Errorf("%s: ledger and archive are %s, want %s", name, got, want)
		}
	}
}

func TestAnArchiveInAStore(t *testing.T) {
	keys := ", access_key: {env: A}, secret_key: {file: /etc/s3}"
	for archive, want := range map[string]string{
		"{s3: {bucket: rapport-fjord}}": "s3://rapport-fjord/",
		"{s3: {bucket: rapport, prefix: a/b/, endpoint: 'https://s3.example'" + keys + "}}": "s3://s3.example/rapport/a/b/",
		"{s3: {bucket: rapport, region: eu-north-1, endpoint: 'http://127.0.0.1:9000/'}}":   "s3://127.0.0.1:9000/rapport/",
		"{s3: {bucket: rapport, endpoint: 'http://s3.example'}}":                            "! in the clear",
		"{s3: {bucket: rapport, endpoint: 'https://s3.example/rapport'}}":                   "! has a path",
		"{s3: {bucket: rapport, endpoint: 'https://a:b@s3.example'}}":                       "! has a user name or password in it (not shown)",
		"{s3: {bucket: Rapport}}":                                             "! is not the name of a bucket",
		"{s3: {bucket: ra}}":                                                  "! is not the name of a bucket",
		"{s3: {bucket: rapport, prefix: a/../b}}":                             "! is not the beginning of a key",
		"{s3: {bucket: rapport, prefix: /a}}":                                 "! is not the beginning of a key",
		"{s3: {bucket: rapport, access_key: {env: A}}}":                       "! has one of access_key and secret_key",
		"{s3: {bucket: rapport, access_key: AKIAC4N4RY, secret_key: c4n4ry}}": "! a secret does not belong into this file (it is not shown here)",
		"{s3: {prefix: a}}":                                                   "! bucket",
		"{}":                                                                  "! s3",
		"{gcs: {}}":                                                           "! gcs",
	} {
		path := filepath.Join(t.TempDir(), "shop.yaml")
		text := "archive: " + archive + "\naccount: T12345678\nsource: {sandbox: {}}\nreports:\n  - {id: a, dataType: checkout/transactions, schedule: daily, language: en}\n"
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		c, err := reportconfig.Load(path, "")
		if fault, bad := strings.CutPrefix(want, "! "); bad {
			if err == nil || !strings.Contains(err.Error(), fault) || strings.Contains(strings.ToLower(err.Error()), "c4n4ry") {
				t.Errorf("%s: %v, want %s", archive, err, fault)
			}
		} else if err != nil || c.ArchiveName() != want || c.Archive != filepath.Join(filepath.Dir(path), "archive") {
			t.Errorf("%s: %v, %v", archive, c, err)
		}
	}
}

// TestALedgerOverTheNetworkIsVerified by default, one on this machine is as it says.
func TestALedgerOverTheNetworkIsVerified(t *testing.T) {
	text, err := os.ReadFile(filepath.Join("testdata", "fine", "smallest.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	for url, want := range map[string]string{
		"postgres://rapport@db.fjordfisk.no/rapport":                     "postgres://rapport@db.fjordfisk.no/rapport?sslmode=verify-full",
		"postgres://rapport@db.fjordfisk.no/rapport?sslmode=verify-full": "postgres://rapport@db.fjordfisk.no/rapport?sslmode=verify-full",
		"postgres://rapport@localhost/rapport":                           "postgres://rapport@localhost/rapport",
	} {
		path := filepath.Join(t.TempDir(), "shop.yaml")
		if err := os.WriteFile(path, append([]byte("state: "+url+"\n"), text...), 0o600); err != nil {
			t.Fatal(err)
		}
		c, err := reportconfig.Load(path, "")
		if err != nil || c.Database == nil || c.Database.URL != want {
			t.Errorf("%s: %+v, %v", url, c, err)
		}
	}
}
