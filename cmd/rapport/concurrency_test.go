package main

import (
	"fmt"
	"strings"
	"syscall"
	"testing"
)

// TestASecondDaemonLeavesTheLedgerToTheFirst: it names the process and goes, and the first
// goes on.
func TestASecondDaemonLeavesTheLedgerToTheFirst(t *testing.T) {
	t.Parallel()
	inside, answer := make(chan struct{}, 100), make(chan struct{})
	g, port := startScriptedRelay(t, func(g *scriptedRelay) {
		g.want, g.full = 4, make(chan struct{})
		g.open = func(string) { inside <- struct{}{}; <-answer }
	})
	config, program := shopConfig(t, 4, port), binary(t)
	first := start(t, program, "serve", config)
	first.waitFor(inside, "the first message")
	said := start(t, program, "serve", config).ends(exitWaiting)
	if !strings.Contains(said, fmt.Sprintf("another daemon serves it, process %d", first.Process.Pid)) {
		t.Errorf("the second says: %s", said)
	}
	close(answer)
	first.waitFor(g.full, "all four messages")
	first.signal(syscall.SIGTERM)
	first.ends(exitDone)
	exactlyOnce(t, program, config, g, 4)

	third := start(t, program, "serve", config) // the first one's lock ended with it
	third.says("msg=started", 1)
	third.signal(syscall.SIGTERM)
	third.ends(exitDone)
}

// TestAKilledDaemonsPlaceIsFree: its lock ends with it, however it ends.
func TestAKilledDaemonsPlaceIsFree(t *testing.T) {
	t.Parallel()
	g, port := startScriptedRelay(t, func(g *scriptedRelay) { g.want, g.full = 3, make(chan struct{}) })
	config, program := shopConfig(t, 3, port), binary(t)
	first := start(t, program, "serve", config)
	first.says("msg=started", 1)
	first.signal(syscall.SIGKILL)
	first.waitFor(first.ended, "its end")
	second := start(t, program, "serve", config)
	second.waitFor(g.full, "all three messages")
	second.signal(syscall.SIGTERM)
	second.ends(exitDone)
	if duplicates, uncertain := checkHistory(t, program, config, g.keepingRelay, 3); duplicates > uncertain {
		t.Errorf("%d came twice, %d were uncertain", duplicates, uncertain)
	}
}

// TestManyRunsBesideADaemonSendEachMessageOnce: they share the work, and what one has begun
// no other touches.
func TestManyRunsBesideADaemonSendEachMessageOnce(t *testing.T) {
	long(t)
	t.Parallel()
	reports, runs := scaled(60, 15), scaled(20, 5)
	inside, answer := make(chan struct{}, reports), make(chan struct{})
	g, port := startScriptedRelay(t, func(g *scriptedRelay) {
		g.want, g.full = reports, make(chan struct{})
		g.open = func(string) { inside <- struct{}{}; <-answer }
	})
	config, program := shopConfig(t, reports, port), binary(t)
	daemon := start(t, program, "serve", config)
	daemon.waitFor(inside, "the first message")
	var beside []*process
	for range runs {
		beside = append(beside, start(t, program, "run", config))
	}
	for range 3 { // messages of at least two processes are on their way at once
		daemon.waitFor(inside, "a message of another process")
	}
	close(answer)
	for _, p := range beside {
		p.waitFor(p.ended, "the end of a run")
		if code := p.ProcessState.ExitCode(); code != exitDone && code != exitWaiting {
			t.Errorf("a run ended with %d: %s", code, p.said)
		}
	}
	daemon.waitFor(g.full, "all messages")
	daemon.signal(syscall.SIGTERM)
	daemon.ends(exitDone)
	start(t, program, "run", config).ends(exitDone)
	exactlyOnce(t, program, config, g, reports)
}
