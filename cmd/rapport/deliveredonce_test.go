package main

import (
	"encoding/json"
	"os/exec"
	"rapport/internal/deliveries"
	"strings"
	"testing"
)

// history is what the ledger says of each delivery.
func history(t *testing.T, program, config string) (lines []deliveries.Line) {
	t.Helper()
	out, err := exec.Command(program, "deliveries", config, "--all", "--json").Output()
	if err != nil {
		t.Fatal(err)
	}
	for text := range strings.Lines(string(out)) {
		var line deliveries.Line
		if err := json.Unmarshal([]byte(text), &line); err != nil {
			t.Fatal(err)
		}
		lines = append(lines, line)
	}
	return lines
}

// exactlyOnce holds the relay and the ledger to so many deliveries, each sent once and
// none of them ever uncertain.
func exactlyOnce(t *testing.T, program, config string, g *scriptedRelay, want int) {
	t.Helper()
	if duplicates, uncertain := checkHistory(t, program, config, g.keepingRelay, want); duplicates+uncertain > 0 {
		t.Errorf("%d came twice, %d were uncertain", duplicates, uncertain)
	}
}

// checkHistory joins what the relay kept with what the ledger says of it.
func checkHistory(t *testing.T, program, config string, relay *keepingRelay, want int) (duplicates, uncertain int) {
	t.Helper()
	out, err := exec.Command(program, "deliveries", config, "--all", "--json").Output()
	if err != nil {
		t.Fatal(err)
	}
	relay.mu.Lock()
	defer relay.mu.Unlock()
	for _, fault := range relay.faults {
		t.Error(fault)
	}
	known := 0
	for line := range strings.Lines(string(out)) {
		var d deliveries.Line
		if err := json.Unmarshal([]byte(line), &d); err != nil {
			t.Fatal(err)
		}
		if d.Type != "delivery" {
			t.Errorf("not made: %s", line)
			continue
		}
		known++
		copies := relay.copies["<"+d.MessageID+">"]
		switch {
		case d.State != "sent":
			t.Errorf("%s %s to %s is %s", d.Report, d.Period, d.Recipient, d.State)
		case copies == 0:
			t.Errorf("lost: %s %s to %s", d.Report, d.Period, d.Recipient)
		case copies-1 > d.Uncertain:
			t.Errorf("%s %s to %s: %d copies, and %d were counted as uncertain", d.Report, d.Period, d.Recipient, copies, d.Uncertain)
		}
		duplicates += max(copies-1, 0)
		uncertain += d.Uncertain
	}
	if known != want || len(relay.copies) != want {
		t.Errorf("the ledger knows %d deliveries, the relay %d messages, want %d", known, len(relay.copies), want)
	}
	return duplicates, uncertain
}
