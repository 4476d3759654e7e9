package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"rapport/internal/servicestate"
)

// A host is a machine with services and a shell: a directory for /etc/rapport, one for /var/lib.
type host struct {
	t           *testing.T
	etc, varLib string
	credentials string // $CREDENTIALS_DIRECTORY
}

func morning() time.Time { return time.Date(2026, 11, 20, 5, 30, 0, 0, time.UTC) }

func newHost(t *testing.T) host {
	t.Helper()
	h := host{t: t, etc: filepath.Join(t.TempDir(), "rapport"), varLib: t.TempDir()}
	h.write("shop.yaml", shopOfFiles)
	h.write("none.json", "[]")
	return h
}

const shopOfFiles = `account: T12345678
source: {files: {transactions: none.json}}
mail: {from: Rapport <rapport@x.example>, outbox: OUTBOX}
reports:
  - {id: daily, dataType: checkout/transactions, schedule: daily, language: en, contentTypes: [text/csv], emails: [kari@x.example]}
`

func (h host) write(name, text string) string {
	h.t.Helper()
	path := filepath.Join(h.etc, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		h.t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(strings.ReplaceAll(text, "OUTBOX", filepath.Join(h.varLib, "outbox"))), 0o600); err != nil {
		h.t.Fatal(err)
	}
	return path
}

// rapport runs a command: of a service where stateDirectory is given, else of a shell.
func (h host) rapport(stateDirectory string, code int, args ...string) (stdout, stderr string) {
	h.t.Helper()
	var out, errs bytes.Buffer
	environment := map[string]string{"CREDENTIALS_DIRECTORY": h.credentials}
	if stateDirectory != "" {
		environment["STATE_DIRECTORY"] = filepath.Join(h.varLib, stateDirectory)
		if err := os.MkdirAll(environment["STATE_DIRECTORY"], 0o700); err != nil {
			h.t.Fatal(err)
		}
	}
	p := &program{getenv: func(name string) string { return environment[name] }, stdout: &out, stderr: &errs, now: morning, stateRoot: h.varLib}
	if got := p.execute(h.t.Context(), args); got != code {
		h.t.Fatalf("%v in %q: exit code %d, want %d\n%s%s", args, stateDirectory, got, code, &out, &errs)
	}
	return out.String(), errs.String()
}

func (h host) exists(path string, want bool) {
	h.t.Helper()
	if _, err := os.Stat(path); (err == nil) != want {
		h.t.Errorf("%s: %v, want it there: %t", path, err, want)
	}
}

func TestAShellFindsTheLedgerOfTheService(t *testing.T) {
	t.Parallel()
	h := newHost(t)
	config := filepath.Join(h.etc, "shop.yaml")
	h.rapport("rapport/shop", exitDone, "run", config)
	if out, errs := h.rapport("", exitDone, "deliveries", config); !strings.Contains(out, "kari@x.example") || !strings.Contains(errs, filepath.Join(h.varLib, "rapport", "shop")) {
		t.Errorf("deliveries in a shell:\n%s%s", out, errs)
	}
	if out, errs := h.rapport("", exitDone, "run", config); out != "" || !strings.Contains(errs, "nothing is owed") {
		t.Errorf("run in a shell mails again:\n%s%s", out, errs)
	}
	h.exists(filepath.Join(h.etc, "rapport.db"), false)
	h.exists(filepath.Join(h.etc, "archive"), false)

	// By another name of the file too, and not for another file.
	link := filepath.Join(t.TempDir(), "link.yaml")
	if err := os.Symlink(config, link); err != nil {
		t.Fatal(err)
	}
	h.rapport("", exitDone, "run", link)
	h.exists(filepath.Join(filepath.Dir(link), "rapport.db"), false)
	other := h.write("other.yaml", shopOfFiles)
	if _, errs := h.rapport("", exitDone, "deliveries", other); !strings.Contains(errs, "there is no ledger "+filepath.Join(h.etc, "rapport.db")) {
		t.Errorf("another file: %s", errs)
	}
}

// TestAServiceBeginsNoLedgerBesideAnother: one that a shell has made, or another service.
func TestAServiceBeginsNoLedgerBesideAnother(t *testing.T) {
	t.Parallel()
	h := newHost(t)
	config := filepath.Join(h.etc, "shop.yaml")
	h.rapport("", exitDone, "run", config)
	for _, command := range []string{"run", "serve"} {
		_, errs := h.rapport("rapport/shop", exitConfig, command, config)
		if !strings.Contains(errs, "its ledger is "+filepath.Join(h.etc, "rapport.db")) || !strings.Contains(errs, "move ledger and archive there") {
			t.Errorf("%s: %s", command, errs)
		}
	}
	h.exists(filepath.Join(h.varLib, "rapport", "shop", "rapport.db"), false)

	// After the move it goes on, and nothing is mailed again.
	for _, name := range []string{"rapport.db", "rapport.db-witness", "archive"} {
		if err := os.Rename(filepath.Join(h.etc, name), filepath.Join(h.varLib, "rapport", "shop", name)); err != nil && name != "rapport.db-witness" {
			t.Fatal(err)
		}
	}
	if out, errs := h.rapport("rapport/shop", exitDone, "run", config); out != "" {
		t.Errorf("after the move: %s%s", out, errs)
	}
	_, errs := h.rapport("rapport@shop", exitConfig, "run", config)
	if !strings.Contains(errs, filepath.Join(h.varLib, "rapport", "shop", "rapport.db")) {
		t.Errorf("another service: %s", errs)
	}
}

// TestWholePathsAreEverybodys: where state: and archive: are whole paths no service is asked.
func TestWholePathsAreEverybodys(t *testing.T) {
	t.Parallel()
	h := newHost(t)
	config := h.write("whole.yaml", shopOfFiles+"state: "+filepath.Join(h.varLib, "w", "rapport.db")+"\narchive: "+filepath.Join(h.varLib, "w", "archive")+"\n")
	h.rapport("", exitDone, "run", config)
	if out, errs := h.rapport("rapport/whole", exitDone, "run", config); out != "" {
		t.Errorf("the service mails again: %s%s", out, errs)
	}
	h.exists(filepath.Join(h.varLib, "rapport", "whole", servicestate.MarkName), false)
}

// TestTwoServicesOfOneFileAreNamed: which ledger a shell means cannot be known.
func TestTwoServicesOfOneFileAreNamed(t *testing.T) {
	t.Parallel()
	h := newHost(t)
	config := filepath.Join(h.etc, "shop.yaml")
	h.rapport("rapport/shop", exitDone, "run", config)
	second := filepath.Join(h.varLib, "rapport-old")
	if err := os.MkdirAll(second, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(second, servicestate.MarkName), []byte(servicestate.RealPath(config)+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, errs := h.rapport("", exitConfig, "run", config); !strings.Contains(errs, "STATE_DIRECTORY=") {
		t.Errorf("it does not say how to choose: %s", errs)
	}
	h.rapport("rapport/shop", exitDone, "run", config)
}

// TestCredentialsInAShell: they are where the units take them from.
func TestCredentialsInAShell(t *testing.T) {
	t.Parallel()
	h := newHost(t)
	config := h.write("paid.yaml", `account: T12345678
source: {dintero: {client_id: x, client_secret: {credential: dintero}, api_url: "http://127.0.0.1:1/v1", checkout_url: "http://127.0.0.1:1/v1"}}
reports:
  - {dataType: checkout/transactions, schedule: daily, language: en}
`)
	if _, errs := h.rapport("", exitConfig, "check", config); !strings.Contains(errs, "CREDENTIALS_DIRECTORY") {
		t.Errorf("without a secret: %s", errs)
	}
	h.write("secrets/paid/dintero", "s3cret\n")
	h.rapport("", exitDone, "check", config)
	h.credentials = filepath.Join(h.varLib, "gone") // as ExecReload=+ has it
	h.rapport("", exitDone, "check", config)
	h.credentials = h.varLib
	h.rapport("", exitConfig, "check", config)
}
