package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestCheckNamesTheFileOfASecretThatIsNone, before anybody is asked.
func TestCheckNamesTheFileOfASecretThatIsNone(t *testing.T) {
	dir := t.TempDir()
	config := filepath.Join(dir, "shop.yaml")
	writeConfig(t, filepath.Join(dir, "pw"), "\ufeffhemmelig\r\n")
	writeConfig(t, config, strings.Replace(shopText(1, 25), "tls: none,", "username: u, password: {file: pw},", 1))
	for _, command := range [][]string{{"check", config}, {"run", config}} {
		var out, errs bytes.Buffer
		if code := run(t.Context(), command, getenv, &out, &errs); code != exitConfig || !strings.Contains(errs.String(), filepath.Join(dir, "pw")+": begins with a byte order mark") {
			t.Errorf("%s: exit code %d: %s", command[0], code, &errs)
		}
	}
}

// TestFilesThatOthersCanReadAreToldOf at check, and once when a run or a daemon starts.
func TestFilesThatOthersCanReadAreToldOf(t *testing.T) {
	dir := t.TempDir()
	secret, config := filepath.Join(dir, "pw"), filepath.Join(dir, "shop.yaml")
	writeConfig(t, secret, "hemmelig")
	writeConfig(t, config, "account: T12345678\nsource: {sandbox: {}}\nmail: {from: a@x.no, outbox: outbox}\nreports: [{id: a, dataType: checkout/transactions, schedule: daily, language: en}]\n")
	say := func(command ...string) string {
		t.Helper()
		var out, errs bytes.Buffer
		if code := run(t.Context(), append(command, config), getenv, &out, &errs); code != exitDone {
			t.Fatalf("%v: exit code %d: %s", command, code, &errs)
		}
		return errs.String()
	}
	say("run")
	for _, command := range []string{"check", "run"} {
		if got := say(command); strings.Contains(got, "others can") {
			t.Errorf("%s: what we made ourselves is open to others: %s", command, got)
		}
	}
	for path, rights := range map[string]os.FileMode{"archive": 0o777, "rapport.db": 0o664} {
		if err := os.Chmod(filepath.Join(dir, path), rights); err != nil {
			t.Fatal(err)
		}
	}
	for _, command := range []string{"check", "run"} {
		got := say(command)
		for _, want := range []string{"archive: others can read and write the archive", "rapport.db: others can read the ledger"} {
			if strings.Count(got, want) != 1 {
				t.Errorf("%s says %d times %q: %s", command, strings.Count(got, want), want, got)
			}
		}
		if command == "run" && strings.Count(got, "level=WARN") != 2 {
			t.Errorf("the log does not warn: %s", got)
		}
	}
	writeConfig(t, config, strings.Replace(shopText(1, 25), "tls: none,", "username: u, password: {file: pw},", 1))
	if err := os.Chmod(secret, 0o640); err != nil {
		t.Fatal(err)
	}
	if got := say("check"); !strings.Contains(got, "pw: others can read this secret — chmod 600") {
		t.Errorf("check says %q", got)
	}
	writeConfig(t, config, "account: T12345678\nsource: {sandbox: {}}\nmail: {from: a@x.no, outbox: outbox}\nweb: {clients: [{id: bi, secret: {file: pw}, scopes: [read:insight]}]}\n")
	if got := say("check"); !strings.Contains(got, "pw: others can read this secret — chmod 600") {
		t.Errorf("check says of a client of the API: %q", got)
	}
}
