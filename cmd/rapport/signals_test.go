package main

import (
	"os"
	"syscall"
	"testing"
	"time"
)

// TestTheFirstSignalLetsTheDialogueEnd stops the program while the relay reads a message:
// that one is sent and written down, no other is begun.
func TestTheFirstSignalLetsTheDialogueEnd(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		command string
		signal  os.Signal
		code    int
	}{{"serve", syscall.SIGTERM, exitDone}, {"run", syscall.SIGINT, exitWaiting}} {
		t.Run(c.command, func(t *testing.T) {
			t.Parallel()
			inside, answer := make(chan struct{}, 100), make(chan struct{})
			g, port := startScriptedRelay(t, func(g *scriptedRelay) { g.open = func(string) { inside <- struct{}{}; <-answer } })
			config, program := shopConfig(t, 6, port), binary(t)
			p := start(t, program, c.command, config, "--log-level", "info")
			p.waitFor(inside, "DATA")
			p.signal(c.signal)
			if c.command == "serve" {
				p.says("stopping", 1)
			}
			close(answer)
			p.ends(c.code)
			begun := g.kept()
			if begun != 1 && (c.command == "serve" || begun == 6) { // a run does not say when it has heard the signal
				t.Errorf("%d messages went out, want the one that was under way\n%s", begun, p.said)
			}
			sent := 0
			for _, d := range history(t, program, config) {
				if d.State == "sent" {
					sent++
				} else if d.State == "sending" || d.Uncertain > 0 {
					t.Errorf("%s to %s is %s", d.Report, d.Recipient, d.State)
				}
			}
			if sent != begun {
				t.Errorf("%d messages went out, and %d are written down", begun, sent)
			}
			start(t, program, "run", config).ends(exitDone)
			exactlyOnce(t, program, config, g, 6)
		})
	}
}

// TestTheSecondSignalEndsItNow: the relay has the message and does not answer the dot. Its
// outcome is unknown then, and the next start sends the same bytes once more.
func TestTheSecondSignalEndsItNow(t *testing.T) {
	t.Parallel()
	for command, signal := range map[string]syscall.Signal{"serve": syscall.SIGTERM, "run": syscall.SIGINT} {
		t.Run(command, func(t *testing.T) {
			t.Parallel()
			taken, never := make(chan struct{}, 100), make(chan struct{})
			g, port := startScriptedRelay(t, func(g *scriptedRelay) {
				g.taken = func(string) error { taken <- struct{}{}; <-never; return nil }
			})
			config, program := shopConfig(t, 3, port), binary(t)
			p := start(t, program, command, config, "--log-level", "info")
			p.waitFor(taken, "the dot")
			p.signal(signal)
			if command == "serve" {
				p.says("stopping", 1)
			}
			again := time.NewTicker(20 * time.Millisecond) // the first is being heard until a later one ends it
			defer again.Stop()
			for ended := false; !ended; {
				select {
				case <-p.ended:
					ended = true
				case <-again.C:
					_ = p.Process.Signal(signal)
				}
			}
			if status := p.ProcessState.Sys().(syscall.WaitStatus); !status.Signaled() || status.Signal() != signal {
				t.Errorf("ended with %v, want by the signal", p.err)
			}
			close(never)
			start(t, program, "run", config).ends(exitDone)
			duplicates, uncertain := checkHistory(t, program, config, g.keepingRelay, 3)
			if duplicates != 1 || uncertain != 1 {
				t.Errorf("%d came twice, %d were uncertain, want 1 and 1", duplicates, uncertain)
			}
		})
	}
}
