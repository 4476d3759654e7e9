package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-smtp"
)

// patience is how long a test waits for what comes within seconds on an idle machine.
const patience = 3 * time.Minute

// A gate is a keeper that may be told how to behave.
type gate struct {
	*keeper
	rcpt  func(to string) error // at RCPT; nil: everybody is known
	open  func(to string)       // inside DATA, before anything is read
	taken func(to string) error // the message is kept, and the dot not answered yet
}

func (g *gate) NewSession(c *smtp.Conn) (smtp.Session, error) {
	return &gateSession{keeperSession{keeper: g.keeper}, g, c}, nil
}

type gateSession struct {
	keeperSession
	gate *gate
	conn *smtp.Conn
}

// errHangUp has taken end the connection instead of an answer.
var errHangUp = errors.New("hang up")

func (s *gateSession) Rcpt(to string, o *smtp.RcptOptions) error {
	if s.gate.rcpt != nil {
		if err := s.gate.rcpt(to); err != nil {
			return err
		}
	}
	return s.keeperSession.Rcpt(to, o)
}

func (s *gateSession) Data(r io.Reader) error {
	if s.gate.open != nil {
		s.gate.open(s.to)
	}
	if err := s.keeperSession.Data(r); err != nil || s.gate.taken == nil {
		return err
	}
	err := s.gate.taken(s.to)
	if errors.Is(err, errHangUp) {
		return errors.Join(err, s.conn.Conn().Close())
	}
	return err
}

func newGate() *gate {
	return &gate{keeper: &keeper{copies: map[string]int{}, bytes: map[string][sha256.Size]byte{}, to: map[string]string{}}}
}

// startGate listens on loopback until the test ends. It is told by tell, before it listens.
func startGate(t *testing.T, tell func(*gate)) (g *gate, port int) {
	t.Helper()
	g = newGate()
	if tell != nil {
		tell(g)
	}
	return g, serveSMTP(t, g, nil)
}

func serveSMTP(t *testing.T, backend smtp.Backend, encrypt *tls.Config) (port int) {
	t.Helper()
	server := smtp.NewServer(backend)
	server.Domain = "relay.test"
	server.TLSConfig = encrypt
	server.ErrorLog = noLog{}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	go server.Serve(listener)
	t.Cleanup(func() { server.Close() })
	return listener.Addr().(*net.TCPAddr).Port
}

// A noLog says nothing of clients that were killed.
type noLog struct{}

func (noLog) Printf(string, ...any) {}
func (noLog) Println(...any)        {}

// kept is how many messages the relay holds, each counted once.
func (k *keeper) kept() int {
	k.mu.Lock()
	defer k.mu.Unlock()
	return len(k.copies)
}

// faultReports are so many daily reports, each to a person of its own. They fell due half
// a day ago and are not due again for half a day, so that no test runs into the next.
func faultReports(n int) string {
	var text strings.Builder
	at := time.Now().Add(12 * time.Hour).Format("15:00")
	for i := range n {
		fmt.Fprintf(&text, "  - {id: r%d, dataType: checkout/transactions, schedule: daily, at: %q, language: no, contentTypes: [text/csv], reportFilters: [{filter: store_id, value: sc029}], emails: [p%d@x.example]}\n", i, at, i)
	}
	return text.String()
}

func faultText(n, port int) string {
	return fmt.Sprintf(`account: T12345678
source: {sandbox: {seed: 1}}
mail:
  from: Fjordfisk rapport <rapport@fjordfisk.example>
  smtp: {host: 127.0.0.1, port: %d, tls: none, helo: test.example}
listen: 127.0.0.1:0
reports:
%s`, port, faultReports(n))
}

func faultConfig(t *testing.T, n, port int) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "shop.yaml")
	writeConfig(t, path, faultText(n, port))
	return path
}

func writeConfig(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// A transcript is what a process says, for those who wait for a word of it.
type transcript struct {
	mu   sync.Mutex
	text bytes.Buffer
	more chan struct{}
}

func (s *transcript) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	close(s.more)
	s.more = make(chan struct{})
	return s.text.Write(p)
}

func (s *transcript) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.String()
}

// last is the end of what was said, for the text of a failure.
func (s *transcript) last() string {
	text := s.String()
	return text[max(0, len(text)-3000):]
}

// A process is the program at work.
type process struct {
	*exec.Cmd
	t     *testing.T
	said  *transcript // stdout and stderr
	ended chan struct{}
	err   error // after ended
}

// start starts the program; what still lives when the test ends is killed.
func start(t *testing.T, command ...string) *process {
	t.Helper()
	p := &process{Cmd: exec.Command(command[0], command[1:]...), t: t, said: &transcript{more: make(chan struct{})}, ended: make(chan struct{})}
	p.Stdout, p.Stderr = p.said, p.said
	return p.begin()
}

func (p *process) begin() *process {
	p.t.Helper()
	if err := p.Start(); err != nil {
		p.t.Fatal(err)
	}
	go func() {
		p.err = p.Wait()
		close(p.ended)
	}()
	p.t.Cleanup(func() {
		if err := p.Process.Kill(); err != nil && !errors.Is(err, os.ErrProcessDone) {
			p.t.Error(err)
		}
		<-p.ended
	})
	return p
}

// says waits until the process has said text so often.
func (p *process) says(text string, times int) {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.t.Context(), patience)
	defer cancel()
	for {
		p.said.mu.Lock()
		found, more := strings.Count(p.said.text.String(), text) >= times, p.said.more
		p.said.mu.Unlock()
		if found {
			return
		}
		select {
		case <-more:
		case <-p.ended:
			if strings.Count(p.said.String(), text) < times {
				p.t.Fatalf("it ended (%v) and did not say %q:\n%s", p.err, text, p.said.last())
			}
		case <-ctx.Done():
			p.t.Fatalf("it does not say %q:\n%s", text, p.said.last())
		}
	}
}

// ends waits for the end of the process and holds it to its exit code.
func (p *process) ends(code int) string {
	p.t.Helper()
	p.waitFor(p.ended, "its end")
	if got := p.ProcessState.ExitCode(); got != code {
		p.t.Fatalf("%v: %v, want exit code %d\n%s", p.Args[1:], p.err, code, p.said.last())
	}
	return p.said.String()
}

// waitFor waits for something that this process is to bring about.
func (p *process) waitFor(what <-chan struct{}, name string) {
	p.t.Helper()
	select {
	case <-what:
	case <-time.After(patience):
		p.t.Fatalf("%s does not come:\n%s", name, p.said.last())
	}
}

func (p *process) signal(s os.Signal) {
	p.t.Helper()
	if err := p.Process.Signal(s); err != nil {
		p.t.Fatalf("%v\n%s", err, p.said.last())
	}
}

// history is what the ledger says of each delivery.
func history(t *testing.T, program, config string) (lines []ledgerLine) {
	t.Helper()
	out, err := exec.Command(program, "deliveries", config, "--all", "--json").Output()
	if err != nil {
		t.Fatal(err)
	}
	for text := range strings.Lines(string(out)) {
		var line ledgerLine
		if err := json.Unmarshal([]byte(text), &line); err != nil {
			t.Fatal(err)
		}
		lines = append(lines, line)
	}
	return lines
}

// exactlyOnce holds the relay and the ledger to so many deliveries, each sent once and
// none of them ever uncertain.
func exactlyOnce(t *testing.T, program, config string, g *gate, want int) {
	t.Helper()
	if duplicates, uncertain := checkHistory(t, program, config, g.keeper, want); duplicates+uncertain > 0 {
		t.Errorf("%d came twice, %d were uncertain", duplicates, uncertain)
	}
}
