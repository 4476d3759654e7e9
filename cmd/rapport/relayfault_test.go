package main

import (
	"syscall"
	"testing"

	"github.com/emersion/go-smtp"
)

// TestRestartsInARetryStormNeitherForgetNorRepeat: the relay puts everybody off, and the
// daemon is killed again and again while it hears that.
func TestRestartsInARetryStormNeitherForgetNorRepeat(t *testing.T) {
	long(t)
	t.Parallel()
	reports, restarts := scaled(30, 12), scaled(5, 2)
	asked, count, well := make(chan struct{}, 1000), map[string]int{}, false // count and well under the relay's lock
	g, port := startScriptedRelay(t, func(g *scriptedRelay) {
		g.rcpt = func(to string) error {
			g.mu.Lock()
			defer g.mu.Unlock()
			if well {
				return nil
			}
			count[to]++
			asked <- struct{}{}
			return &smtp.SMTPError{Code: 451, EnhancedCode: smtp.EnhancedCode{4, 7, 1}, Message: "come back"} // of this message, not of all
		}
	})
	config, program := shopConfig(t, reports, port), binary(t)
	for range restarts {
		p := start(t, program, "serve", config)
		for range reports / (restarts + 1) {
			p.waitFor(asked, "the next try")
		}
		p.signal(syscall.SIGKILL)
		p.waitFor(p.ended, "its end")
	}
	g.mu.Lock()
	tries := 0
	for _, n := range count {
		tries += n
	}
	well = true
	g.mu.Unlock()
	if most := reports + restarts*4; tries > most {
		t.Errorf("the relay was asked %d times, want at most %d: a restart must not try again what was put off", tries, most)
	}
	start(t, program, "run", config).ends(exitDone)
	exactlyOnce(t, program, config, g, reports)
}

// TestARelayThatHangsUpAfterTheDotIsUncertainAndSentTheSameOnceMore: it has the message and
// did not say so.
func TestARelayThatHangsUpAfterTheDotIsUncertainAndSentTheSameOnceMore(t *testing.T) {
	t.Parallel()
	const reports = 4
	hung := map[string]bool{} // under the relay's lock
	g, port := startScriptedRelay(t, func(g *scriptedRelay) {
		g.taken = func(to string) error {
			g.mu.Lock()
			defer g.mu.Unlock()
			if hung[to] {
				return nil
			}
			hung[to] = true
			return errHangUp
		}
	})
	config, program := shopConfig(t, reports, port), binary(t)
	for range reports + 1 { // a relay that fails is asked once in a run
		p := start(t, program, "run", config)
		p.waitFor(p.ended, "its end")
		if p.ProcessState.ExitCode() == exitDone {
			break
		}
		p.ends(exitWaiting)
	}
	duplicates, uncertain := checkHistory(t, program, config, g.keepingRelay, reports)
	if duplicates != reports || uncertain != reports {
		t.Errorf("%d came twice, %d were uncertain, want %d", duplicates, uncertain, reports)
	}
}

// TestGreylistingEndsWithOneCopyEach has a relay that wants to be asked three times.
func TestGreylistingEndsWithOneCopyEach(t *testing.T) {
	t.Parallel()
	asked := map[string]int{} // guarded by the relay's lock
	g, port := startScriptedRelay(t, func(g *scriptedRelay) {
		g.rcpt = func(to string) error {
			g.mu.Lock()
			defer g.mu.Unlock()
			if asked[to]++; asked[to] <= 3 {
				return &smtp.SMTPError{Code: 451, EnhancedCode: smtp.EnhancedCode{4, 7, 1}, Message: "greylisted"}
			}
			return nil
		}
	})
	config, program := shopConfig(t, 5, port), binary(t)
	for range 3 {
		start(t, program, "run", config).ends(exitWaiting)
	}
	if g.kept() > 0 {
		t.Errorf("%d messages were taken too early", g.kept())
	}
	start(t, program, "run", config).ends(exitDone)
	exactlyOnce(t, program, config, g, 5)
}
