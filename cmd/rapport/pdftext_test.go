package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestPDFText reads the quickstart's PDFs as a person would.
func TestPDFText(t *testing.T) {
	long(t)
	t.Parallel()
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
