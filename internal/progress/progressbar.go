// Package progress shows on a terminal how far something is that takes a while. It refuses to
// draw where nobody looks: elsewhere it writes lines, or nothing.
package progress

import (
	"fmt"
	"io"
	"os"
	"strings"
	"sync"

	"golang.org/x/term"
)

// A Bar shows on stderr how far a run is: a bar on a terminal, lines elsewhere.
type Bar struct {
	mu          sync.Mutex
	w           io.Writer
	bar         bool
	done, total int // periods
	shown       bool
	last        int64
}

// New is a bar that is drawn on w if that is a terminal.
func New(w io.Writer) *Bar {
	f, ok := w.(*os.File)
	return &Bar{w: w, bar: ok && term.IsTerminal(int(f.Fd()))}
}

// Expect counts periods that will be made.
func (p *Bar) Expect(periods int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.total += periods
}

// Read is called for each row that was read, and once with done after the last.
func (p *Bar) Read(report, period string, n int64, done bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch {
	case !p.bar && (done || n%10_000 == 0):
		fmt.Fprintf(p.w, "rapport: %s %s: %d read\n", report, period, n)
	case p.bar && (done || n-p.last >= 100 || n < p.last):
		p.last = n
		p.draw(p.done, p.total, fmt.Sprintf("%s %s: %d read", report, period, n))
	}
}

// Show draws how many of something are done, but for the most of what comes often. Elsewhere than
// on a terminal it says nothing.
func (p *Bar) Show(done, total int64, what string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if step := max(total/200, 1); p.bar && (done >= p.last+step || done < p.last || done == total) {
		p.last = done
		p.draw(int(done), int(total), what)
	}
}

func (p *Bar) draw(done, total int, what string) {
	p.wipe()
	const width = 24
	full := min(width, width*done/max(total, 1))
	fmt.Fprintf(p.w, "[%s%s] %d/%d  %s", strings.Repeat("█", full), strings.Repeat("░", width-full), done, total, what)
	p.shown = true
}

// Next counts a period that is done.
func (p *Bar) Next() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.done, p.last = p.done+1, 0
}

// Clear takes the bar off the screen.
func (p *Bar) Clear() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.wipe()
}

func (p *Bar) wipe() {
	if p.shown {
		fmt.Fprint(p.w, "\r\x1b[K")
		p.shown = false
	}
}
