package main

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/pdfcpu/pdfcpu/pkg/api"
	"github.com/rogpeppe/go-internal/testscript"
)

func TestMain(m *testing.M) {
	api.DisableConfigDir()
	testscript.Main(m, map[string]func(){"rapport": main})
}

// TestSessions runs what README promises, as a user types it.
func TestSessions(t *testing.T) {
	examples, err := filepath.Abs(filepath.Join("..", "..", "examples"))
	if err != nil {
		t.Fatal(err)
	}
	testscript.Run(t, testscript.Params{
		Dir: "testdata",
		Setup: func(env *testscript.Env) error {
			env.Setenv("EXAMPLES", examples)
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){"pdf": checkPDF, "count": countFiles, "code": exitCode, "attached": attachedFiles, "dintero": startDintero},
	})
}

// checkPDF is the command pdf FILE…: each is a valid PDF. What it says is TestPDFText's.
func checkPDF(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) == 0 {
		ts.Fatalf("usage: pdf FILE…")
	}
	for _, file := range args {
		ts.Check(api.ValidateFile(ts.MkAbs(file), nil))
	}
}

// TestPDFText reads the quickstart's PDFs as a person would.
func TestPDFText(t *testing.T) {
	long(t)
	if _, err := exec.LookPath("pdftotext"); err != nil {
		t.Skip("pdftotext is not installed")
	}
	dir := t.TempDir()
	config, err := os.ReadFile(filepath.Join("..", "..", "examples", "quickstart.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "quickstart.yaml")
	if err := os.WriteFile(path, config, 0o600); err != nil {
		t.Fatal(err)
	}
	mustRun(t, "run", path, "--now", sourcesNow)
	for file, says := range map[string][]string{
		"oppgjor-daglig/2026-11-19/dagsoppgjoer_2026-11-19.pdf": {
			"Fjordfisk AS", "940 155 223", "Dagsoppgjør", "torsdag 19. november 2026", "19.11.2026 00:00 – 20.11.2026 00:00 (Europe/Oslo)", "Side 1 av", "Data lest 20.11.2026 06:30"},
		"settlement-weekly/2026-W46/weekly-transactions_2026-W46.pdf": {"Weekly transactions", "week 46, 9–15 November 2026", "Page 1 of", "By day"},
		"apne-daglig/2026-11-19/aapne-transaksjoner_2026-11-19.pdf":   {"Åpne transaksjoner", "Gjenstående"},
		"gavekort-ukentlig/2026-W46/gavekort_2026-W46.pdf":            {"Gavekort", "Påfyll"},
	} {
		out, err := exec.Command("pdftotext", "-layout", filepath.Join(dir, "archive", file), "-").Output()
		if err != nil {
			t.Fatal(err)
		}
		for _, text := range says {
			if !strings.Contains(string(out), text) {
				t.Errorf("%s does not say %q:\n%s", file, text, out)
			}
		}
	}
}

// countFiles is the command count N GLOB: so many files match.
func countFiles(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: count N GLOB")
	}
	found, err := filepath.Glob(ts.MkAbs(args[1]))
	ts.Check(err)
	if strconv.Itoa(len(found)) != args[0] {
		ts.Fatalf("%d files match %s, want %s: %v", len(found), args[1], args[0], found)
	}
}

// exitCode is the command code N PROGRAM ARG…: the program ends with that code.
func exitCode(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: code N PROGRAM ARG…")
	}
	err := ts.Exec(args[1], args[2:]...)
	var ended *exec.ExitError
	if !errors.As(err, &ended) || strconv.Itoa(ended.ExitCode()) != args[0] {
		ts.Fatalf("%v: %v, want exit code %s", args[1:], err, args[0])
	}
}

// long skips what takes long and finds no race that the other tests would not.
func long(t *testing.T) {
	if testing.Short() {
		t.Skip("takes long")
	}
}

// scaled is how much of something a test of real processes does.
func scaled(plain, race int) int {
	if underRace {
		return race
	}
	return plain
}
