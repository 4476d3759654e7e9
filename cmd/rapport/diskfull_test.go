package main

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"
)

// limited starts the program where no file may grow beyond so many blocks of 512 bytes: a
// write beyond fails, as on a full disk.
func limited(t *testing.T, blocks int, command ...string) *process {
	t.Helper()
	shell := []string{"sh", "-c", fmt.Sprintf(`ulimit -f %d && exec "$@"`, blocks), "sh"}
	return start(t, append(shell, command...)...)
}

// TestADiskThatIsFullUnderTheLedger gives the ledger a little more room with each run, so
// that its writes fail at ever later places: when it is made, at a plan, a claim, an intent,
// a verdict. Nothing is lost, and what came twice was counted as uncertain before.
func TestADiskThatIsFullUnderTheLedger(t *testing.T) {
	long(t)
	t.Parallel()
	const reports = 6
	g, port := startScriptedRelay(t, nil)
	config, program := shopConfig(t, reports, port), binary(t)
	full, during := 0, 0
	for blocks := 10; ; blocks += 80 {
		p := limited(t, blocks, program, "run", config)
		p.waitFor(p.ended, "its end")
		if p.ProcessState.ExitCode() == exitDone {
			break
		}
		full++
		if p.ends(exitWaiting); !strings.Contains(p.said.String(), "disk") {
			t.Errorf("with %d blocks it does not say that it is the disk:\n%s", blocks, p.said)
		}
		if kept := g.kept(); kept > 0 && kept < reports {
			during++
		}
		if blocks > 1<<20 {
			t.Fatal("it never has room enough")
		}
	}
	duplicates, uncertain := checkHistory(t, program, config, g.keepingRelay, reports)
	if full < 3 || during == 0 {
		t.Errorf("the disk was full %d times, %d of them with some mails sent, so this proves little", full, during)
	}
	t.Logf("full %d times, %d of them with some mails sent: %d came twice, %d were uncertain", full, during, duplicates, uncertain)
}

// TestADiskThatIsFullUnderTheArchive: a report that does not fit is not sent, and made when
// there is room.
func TestADiskThatIsFullUnderTheArchive(t *testing.T) {
	long(t)
	t.Parallel()
	g, port := startScriptedRelay(t, nil)
	program, path := binary(t), filepath.Join(t.TempDir(), "shop.yaml")
	text := shopText(1, port)
	writeConfig(t, path, text)
	start(t, program, "run", path).ends(exitDone) // the ledger has the size it needs
	writeConfig(t, path, text+"  - {id: big, dataType: checkout/transactions, schedule: monthly, language: no, contentTypes: [text/csv], emails: [big@x.example]}\n")

	said := limited(t, 700, program, "run", path).ends(exitWaiting)
	if !strings.Contains(said, "report big: ") || !strings.Contains(said, "file too large") {
		t.Errorf("it does not say what is full:\n%s", said)
	}
	if g.kept() != 1 {
		t.Errorf("the report was sent without its file:\n%s", said)
	}
	archived := filepath.Join(filepath.Dir(path), "archive", "big", "*", "*.csv")
	if found, err := filepath.Glob(archived); err != nil || len(found) > 0 {
		t.Errorf("the archive has a part of it: %v, %v", found, err)
	}
	start(t, program, "run", path).ends(exitDone)
	if found, err := filepath.Glob(archived); err != nil || len(found) != 1 {
		t.Errorf("the archive has %v, %v", found, err)
	}
	exactlyOnce(t, program, path, g, 2)
}
