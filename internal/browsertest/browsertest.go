// Package browsertest drives a headless Chromium for tests: it opens pages, presses keys and looks at
// what is there, by the DevTools protocol over a pipe. It is for tests alone, and refuses a mouse: what
// a test does with it somebody can do with a keyboard.
package browsertest

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"sync"
	"testing"
	"time"
)

// patience is how long an answer may take on a machine that has much to do.
const patience = 30 * time.Second

// A Browser is one page in a browser of its own.
type Browser struct {
	t       testing.TB
	out     *os.File
	session string

	mu      sync.Mutex
	last    int
	answers map[int]chan message
	loaded  chan struct{} // a page is there
}

type message struct {
	ID     int             `json:"id,omitempty"`
	Method string          `json:"method,omitempty"`
	Params any             `json:"params,omitempty"`
	Result json.RawMessage `json:"result,omitempty"`
	Error  *struct {
		Message string `json:"message"`
	} `json:"error,omitempty"`
	Session string `json:"sessionId,omitempty"`
}

// Start begins a browser, or skips the test where there is none.
func Start(t testing.TB, width, height int) *Browser {
	t.Helper()
	chromium, err := exec.LookPath("chromium")
	if err != nil {
		t.Skip("chromium is not installed")
	}
	in, theirs, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	ours, out, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	profile, err := os.MkdirTemp("", "browser")
	if err != nil {
		t.Fatal(err)
	}
	c := exec.Command(chromium, "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update",
		"--disable-sync", "--hide-scrollbars", "--user-data-dir="+profile, "--remote-debugging-pipe")
	c.ExtraFiles = []*os.File{ours, theirs}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	_, _ = ours.Close(), theirs.Close() // they are the browser's now
	b := &Browser{t: t, out: out, answers: map[int]chan message{}, loaded: make(chan struct{}, 1)}
	t.Cleanup(func() {
		_, _ = c.Process.Kill(), c.Wait() // it is stopped, whatever it says of it
		_, _ = in.Close(), out.Close()
		for range 100 { // its children end a moment after it, and write until then
			if err = os.RemoveAll(profile); err == nil {
				return
			}
			<-time.After(50 * time.Millisecond)
		}
		t.Log(err)
	})
	go b.read(in)
	var target struct{ TargetID string }
	b.call("Target.createTarget", map[string]any{"url": "about:blank"}, &target)
	var attached struct{ SessionID string }
	b.call("Target.attachToTarget", map[string]any{"targetId": target.TargetID, "flatten": true}, &attached)
	b.session = attached.SessionID
	b.call("Page.enable", nil, nil)
	b.call("Emulation.setDeviceMetricsOverride", map[string]any{"width": width, "height": height, "deviceScaleFactor": 1, "mobile": false}, nil)
	b.call("Emulation.setFocusEmulationEnabled", map[string]any{"enabled": true}, nil)
	return b
}

func (b *Browser) read(in *os.File) {
	r := bufio.NewReaderSize(in, 1<<20)
	for {
		text, err := r.ReadBytes(0)
		if err != nil {
			return
		}
		var m message
		if json.Unmarshal(text[:len(text)-1], &m) != nil {
			continue
		}
		if m.Method == "Page.loadEventFired" {
			select {
			case b.loaded <- struct{}{}:
			default:
			}
		}
		b.mu.Lock()
		waiting := b.answers[m.ID]
		delete(b.answers, m.ID)
		b.mu.Unlock()
		if waiting != nil {
			waiting <- m
		}
	}
}

func (b *Browser) call(method string, params, result any) {
	b.t.Helper()
	b.mu.Lock()
	b.last++
	answer := make(chan message, 1)
	m := message{ID: b.last, Method: method, Params: params, Session: b.session}
	b.answers[m.ID] = answer
	b.mu.Unlock()
	text, err := json.Marshal(m)
	if err == nil {
		_, err = b.out.Write(append(text, 0))
	}
	if err != nil {
		b.t.Fatal(err)
	}
	select {
	case a := <-answer:
		if a.Error != nil {
			b.t.Fatalf("%s: %s", method, a.Error.Message)
		}
		if result != nil {
			if err := json.Unmarshal(a.Result, result); err != nil {
				b.t.Fatal(err)
			}
		}
	case <-time.After(patience):
		b.t.Fatalf("%s: no answer", method)
	}
}

// WithoutScripts has no page run one.
func (b *Browser) WithoutScripts() {
	b.call("Emulation.setScriptExecutionDisabled", map[string]any{"value": true}, nil)
}

// Leads does what leads to another page, and waits until that is there.
func (b *Browser) Leads(do func()) {
	b.t.Helper()
	select {
	case <-b.loaded:
	default:
	}
	do()
	select {
	case <-b.loaded:
	case <-time.After(patience):
		b.t.Fatalf("nothing came: %s", b.Look("location.href"))
	}
}

// Open opens a page.
func (b *Browser) Open(url string) {
	b.t.Helper()
	b.Leads(func() { b.call("Page.navigate", map[string]any{"url": url}, nil) })
}

// Look gives what an expression of the page is, as text.
func (b *Browser) Look(expression string) string {
	b.t.Helper()
	var r struct {
		Result           struct{ Value any }
		ExceptionDetails any
	}
	b.call("Runtime.evaluate", map[string]any{"expression": "String(" + expression + ")", "returnByValue": true}, &r)
	if r.ExceptionDetails != nil {
		b.t.Fatalf("%s: %v", expression, r.ExceptionDetails)
	}
	return fmt.Sprint(r.Result.Value)
}

// Press presses a key, with Shift or without.
func (b *Browser) Press(key string, shift bool) {
	b.t.Helper()
	codes := map[string]int{"Tab": 9, "Enter": 13, "Escape": 27, " ": 32}
	modifiers := map[bool]int{true: 8}[shift]
	down := map[string]any{"type": "keyDown", "key": key, "code": key, "windowsVirtualKeyCode": codes[key], "modifiers": modifiers}
	switch {
	case key == "Enter":
		down["text"] = "\r"
	case codes[key] == 0 || key == " ":
		down["text"] = key
	}
	b.call("Input.dispatchKeyEvent", down, nil)
	b.call("Input.dispatchKeyEvent", map[string]any{"type": "keyUp", "key": key, "code": key, "windowsVirtualKeyCode": codes[key], "modifiers": modifiers}, nil)
}

// Type types a text where the focus is.
func (b *Browser) Type(text string) {
	b.t.Helper()
	b.call("Input.insertText", map[string]any{"text": text}, nil)
}
