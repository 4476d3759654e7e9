package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// units copies our units, with a program in them that is there, and the
// templates under the name of an instance's kind.
func units(t *testing.T) map[string]string {
	t.Helper()
	dir, copies := t.TempDir(), map[string]string{}
	for _, name := range []string{"rapport.service", "rapport@.service", "rapport@.timer"} {
		data, err := os.ReadFile(filepath.Join("..", "..", "packaging", "systemd", name))
		if err != nil {
			t.Fatal(err)
		}
		text := regexp.MustCompile(`(?m)^(Exec\w+=\+?)rapport `).ReplaceAllString(string(data), "${1}/bin/true ")
		copies[name] = filepath.Join(dir, name)
		if err := os.WriteFile(copies[name], []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return copies
}

func TestTheUnitsAreWhatSystemdTakesAndHardened(t *testing.T) {
	long(t)
	if _, err := exec.LookPath("systemd-analyze"); err != nil {
		t.Skip("systemd-analyze is not installed")
	}
	for name, path := range units(t) {
		out, err := exec.Command("systemd-analyze", "verify", "--man=no", path).CombinedOutput()
		if err != nil || strings.Contains(string(out), filepath.Base(name)) {
			t.Errorf("%s: %v\n%s", name, err, out)
		}
		if filepath.Ext(name) != ".service" {
			continue
		}
		out, err = exec.Command("systemd-analyze", "security", "--offline=true", "--threshold=15", path).CombinedOutput()
		if err != nil {
			t.Errorf("%s is exposed by more than 1.5: %v\n%s", name, err, out[max(0, len(out)-200):])
		}
	}
}

// TestTheUnitsCallTheProgramAsItIs: the commands in them are ours, 75 is no failure of the
// one-shot, 78 is not tried again, and a reload checks before it signals.
func TestTheUnitsCallTheProgramAsItIs(t *testing.T) {
	p := &program{}
	known := map[string]bool{}
	for _, c := range rootCommand(p).Commands() {
		known[c.Name()] = true
	}
	exec := regexp.MustCompile(`(?m)^Exec\w+=\+?rapport (\w+) `)
	for name, wants := range map[string][]string{
		"rapport.service":  {"RestartPreventExitStatus=78 238 243", "ExecReload=+rapport check /etc/rapport/rapport.yaml", "ExecReload=/bin/sh -c 'kill -HUP $MAINPID'", "Type=notify", "WatchdogSec="},
		"rapport@.service": {"SuccessExitStatus=75", "Type=oneshot", "rapport run /etc/rapport/%i.yaml"},
		"rapport@.timer":   {"Persistent=true", "OnCalendar=*:0/15"},
	} {
		data, err := os.ReadFile(filepath.Join("..", "..", "packaging", "systemd", name))
		if err != nil {
			t.Fatal(err)
		}
		for _, want := range wants {
			if !strings.Contains(string(data), want) {
				t.Errorf("%s lacks %s", name, want)
			}
		}
		for _, call := range exec.FindAllStringSubmatch(string(data), -1) {
			if !known[call[1]] {
				t.Errorf("%s calls rapport %s", name, call[1])
			}
		}
	}
}
