package main

import (
	"fmt"
	"io"
	"os"
	"strings"
	"sync"

	"golang.org/x/term"
)

// A progressBar shows on stderr how far a run is: a bar on a terminal, lines elsewhere.
type progressBar struct {
	mu          sync.Mutex
	w           io.Writer
	bar         bool
	done, total int // periods
	shown       bool
	last        int64
}

func newProgressBar(w io.Writer) *progressBar {
	f, ok := w.(*os.File)
	return &progressBar{w: w, bar: ok && term.IsTerminal(int(f.Fd()))}
}

// expect counts periods that will be made.
func (p *progressBar) expect(periods int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.total += periods
}

// read is called for each row that was read, and once with done after the last.
func (p *progressBar) read(report, period string, n int64, done bool) {
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

// next counts a period that is done.
func (p *progressBar) next() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.done, p.last = p.done+1, 0
}

// clear takes the bar off the screen.
func (p *progressBar) clear() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.wipe()
}

func (p *progressBar) wipe() {
	if p.shown {
		fmt.Fprint(p.w, "\r\x1b[K")
		p.shown = false
	}
}
