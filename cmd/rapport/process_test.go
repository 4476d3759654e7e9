package main

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// patience is how long a test waits for what comes within seconds on an idle machine.
const patience = 3 * time.Minute

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
	p := newProcess(t, command...)
	p.Stdout, p.Stderr = p.said, p.said
	return p.begin()
}

func newProcess(t *testing.T, command ...string) *process {
	return &process{Cmd: exec.Command(command[0], command[1:]...), t: t, said: &transcript{more: make(chan struct{})}, ended: make(chan struct{})}
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

// binary is the real program: this test's executable under the name that makes it one.
func binary(t testing.TB) string {
	t.Helper()
	return binaryAs(t, "rapport")
}

func binaryAs(t testing.TB, name string) string {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), name)
	if err := os.Symlink(self, path); err != nil {
		t.Fatal(err)
	}
	return path
}

// address waits until the daemon says where health and metrics are.
func (p *process) address() string {
	p.t.Helper()
	p.says(`msg="health and metrics" address=`, 1)
	p.says("msg=started", 1)
	_, rest, _ := strings.Cut(p.said.String(), `msg="health and metrics" address=`)
	address, _, _ := strings.Cut(rest, "\n")
	return address
}

// ask asks the daemon over HTTP.
func ask(t *testing.T, method, url string) (code int, body string) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), method, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer.StatusCode, string(text)
}

// freeAddress is one at which nobody listens.
func freeAddress(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	return listener.Addr().String()
}

func answers(address string) bool {
	conn, err := net.Dial("tcp", address)
	if err == nil {
		conn.Close()
	}
	return err == nil
}
