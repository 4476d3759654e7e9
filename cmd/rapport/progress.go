package main

import (
	"fmt"
	"io"
	"os"
	"strings"
	"sync"

	"golang.org/x/term"
)

// progress shows how far a run is on stderr: a bar on a terminal, a line per report elsewhere.
type progress struct {
	mu          sync.Mutex
	w           io.Writer
	bar         bool
	done, total int // periods
	shown       bool
	last        int64
}

func newProgress(w io.Writer) *progress {
	f, ok := w.(*os.File)
	return &progress{w: w, bar: ok && term.IsTerminal(int(f.Fd()))}
}

// expect is called when so many periods more will be made.
func (p *progress) expect(periods int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.total += periods
}

// read is called for each thing that is read, and once when there are no more.
func (p *progress) read(report, period string, n int64, done bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch {
	case !p.bar && (done || n%10_000 == 0):
		fmt.Fprintf(p.w, "rapport: %s %s: %d read\n", report, period, n)
	case p.bar && (done || n-p.last >= 100 || n < p.last):
		p.last = n
		p.wipe()
		const width = 24
		full := min(width, width*p.done/max(p.total, 1))
		fmt.Fprintf(p.w, "[%s%s] %d/%d  %s %s: %d read", strings.Repeat("█", full), strings.Repeat("░", width-full), p.done, p.total, report, period, n)
		p.shown = true
	}
}

// next is called when a period is done.
func (p *progress) next() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.done, p.last = p.done+1, 0
}

// clear takes the bar off the screen.
func (p *progress) clear() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.wipe()
}

func (p *progress) wipe() {
	if p.shown {
		fmt.Fprint(p.w, "\r\x1b[K")
		p.shown = false
	}
}
