package main

import (
	"io"
	"math/rand/v2"
	"net/http"
	"os"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"
)

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

// TestAReloadTakesTheFileWholeOrNotAtAll: a new report is made; a broken file changes
// nothing and is named with its place; a mended one is taken.
func TestAReloadTakesTheFileWholeOrNotAtAll(t *testing.T) {
	t.Parallel()
	arrived := make(chan string, 100)
	g, port := startGate(t, func(g *gate) { g.taken = func(to string) error { arrived <- to; return nil } })
	config, program := faultConfig(t, 1, port), binary(t)
	p := start(t, program, "serve", config)
	url := "http://" + p.address()
	comes := func(want string) {
		t.Helper()
		select {
		case to := <-arrived:
			if to != want {
				t.Errorf("a message came to %s, want %s", to, want)
			}
		case <-time.After(patience):
			t.Fatalf("no message comes to %s\n%s", want, p.said.last())
		}
	}
	comes("p0@x.example")

	writeConfig(t, config, faultText(2, port))
	p.signal(syscall.SIGHUP)
	p.says("msg=reloaded", 1)
	comes("p1@x.example")

	broken := strings.Replace(faultText(3, port), "schedule: daily", "schedule: hourly", 1)
	writeConfig(t, config, broken)
	p.signal(syscall.SIGHUP)
	p.says("reload refused, the configuration stays as it was", 1)
	if !regexp.MustCompile(regexp.QuoteMeta(config) + `:8:\d+: reports\[0\]\.schedule: `).MatchString(p.said.String()) {
		t.Errorf("the log does not say where the fault is:\n%s", p.said.last())
	}
	if code, body := ask(t, "GET", url+"/readyz"); code != http.StatusOK || !strings.Contains(body, "with the old configuration") {
		t.Errorf("/readyz: %d %s", code, body)
	}
	if _, body := ask(t, "GET", url+"/metrics"); !strings.Contains(body, "\nrapport_config_ok 0\n") {
		t.Error("the metrics do not say that the configuration was refused")
	}

	writeConfig(t, config, faultText(3, port))
	p.signal(syscall.SIGHUP)
	p.says("msg=reloaded", 2)
	comes("p2@x.example")
	if _, body := ask(t, "GET", url+"/metrics"); !strings.Contains(body, "\nrapport_config_ok 1\n") {
		t.Error("the metrics do not say that the configuration was taken")
	}
	p.signal(syscall.SIGTERM)
	p.ends(exitDone)
	exactlyOnce(t, program, config, g, 3)
}

// TestReloadsInTheMiddleOfWorkSendNothingTwice: 200 of them, of files cut off anywhere,
// while messages go out.
func TestReloadsInTheMiddleOfWorkSendNothingTwice(t *testing.T) {
	t.Parallel()
	reports, reloads := scaled(40, 10), scaled(200, 50)
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	dice := rand.New(rand.NewPCG(seed, 0))
	gone := make(chan struct{}, reports)
	g, port := startGate(t, func(g *gate) { g.taken = func(string) error { gone <- struct{}{}; return nil } })
	config, program := faultConfig(t, reports, port), binary(t)
	text := faultText(reports, port)
	p := start(t, program, "serve", config)
	p.says("msg=started", 1)
	for i := range reloads {
		if i%10 == 0 { // so that reloads and messages overlap to the end
			p.waitFor(gone, "the next message")
		}
		// A file cut off after whole reports would be right, and take the others out of it:
		// this tail is in no such file.
		cut := text[:dice.IntN(len(text))] + "\n  - {"
		if err := os.WriteFile(config+".new", []byte(cut), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Rename(config+".new", config); err != nil {
			t.Fatal(err)
		}
		p.signal(syscall.SIGHUP)
		if i%10 == 9 { // and some are whole
			writeConfig(t, config+".new", text)
			if err := os.Rename(config+".new", config); err != nil {
				t.Fatal(err)
			}
			p.signal(syscall.SIGHUP)
		}
	}
	writeConfig(t, config, text)
	before := strings.Count(p.said.String(), "msg=reloaded")
	p.signal(syscall.SIGHUP)
	p.says("msg=reloaded", before+1)
	for g.kept() < reports {
		p.waitFor(gone, "the next message")
	}
	p.signal(syscall.SIGTERM)
	p.ends(exitDone)
	start(t, program, "run", config).ends(exitDone)
	exactlyOnce(t, program, config, g, reports)
}
