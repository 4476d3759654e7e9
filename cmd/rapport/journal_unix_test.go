//go:build unix

package main

import (
	"fmt"
	"io"
	"os"
	"regexp"
	"strings"
	"syscall"
	"testing"

	"github.com/emersion/go-smtp"
)

// underJournal runs the program as systemd does, with a pipe in place of the journal's socket,
// and gives what it wrote there until it ended.
func underJournal(t *testing.T, command []string, during func(p *process, said func() string)) string {
	t.Helper()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	info, err := w.Stat()
	if err != nil {
		t.Fatal(err)
	}
	stat := info.Sys().(*syscall.Stat_t)
	p := newProcess(t, command...)
	p.Stdout, p.Stderr, p.Env = io.Discard, w, append(os.Environ(), fmt.Sprintf("JOURNAL_STREAM=%d:%d", stat.Dev, stat.Ino))
	p.begin()
	w.Close()
	copied := make(chan struct{})
	go func() {
		defer close(copied)
		io.Copy(p.said, r)
	}()
	during(p, p.said.String)
	p.waitFor(p.ended, "its end")
	<-copied
	return p.said.String()
}

// TestTheJournalGetsPriorities: journalctl -p warning shows what is no INFO, of daemon and run.
func TestTheJournalGetsPriorities(t *testing.T) {
	t.Parallel()
	_, port := startScriptedRelay(t, func(g *scriptedRelay) {
		g.rcpt = func(to string) error {
			switch {
			case strings.HasPrefix(to, "p0@"):
				return &smtp.SMTPError{Code: 550, EnhancedCode: smtp.EnhancedCode{5, 1, 1}, Message: "no such user"}
			case strings.HasPrefix(to, "p1@"):
				return &smtp.SMTPError{Code: 451, EnhancedCode: smtp.EnhancedCode{4, 2, 0}, Message: "greylisted"}
			}
			return nil
		}
	})
	const refused, waits = `(?m)^<3>.*550 5\.1\.1`, `(?m)^<4>.*451 4\.2\.0`
	program := binary(t)
	config := shopConfig(t, 3, port)
	said := underJournal(t, []string{program, "run", config}, func(*process, func() string) {})
	for _, want := range []string{refused, waits} {
		if !regexp.MustCompile(want).MatchString(said) {
			t.Errorf("the run lacks %s:\n%s", want, said)
		}
	}
	if strings.Contains(said, "msg=delivery") {
		t.Errorf("the run says the same twice:\n%s", said)
	}
	said = underJournal(t, []string{program, "serve", shopConfig(t, 3, port)}, func(p *process, _ func() string) {
		p.says("msg=delivery", 3)
		p.signal(syscall.SIGTERM)
	})
	for _, want := range []string{refused, waits, `(?m)^<6>.*msg=started`, `(?m)^<6>.*msg=delivery .*state=sent .*delivery=\d+ message_id=\S+@\S+ queue_id=`} {
		if !regexp.MustCompile(want).MatchString(said) {
			t.Errorf("the daemon lacks %s:\n%s", want, said)
		}
	}
	for line := range strings.Lines(said) {
		if !regexp.MustCompile(`^<[3467]>`).MatchString(line) {
			t.Errorf("without priority: %s", line)
		}
	}
}
