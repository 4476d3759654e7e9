// Package progress shows on a terminal how far a run is. It says nothing twice where there is no
// terminal, and refuses to mix with what else is written there: Clear comes first.
package progress

import (
	"fmt"
	"io"
	"os"
	"strings"
	"sync"

	"golang.org/x/term"
)

// A Bar shows how far a run is: a bar on a terminal, lines elsewhere.
type Bar struct {
	mu          sync.Mutex
	w           io.Writer
	bar         bool
	done, total int // periods
	shown       bool
	last        int64
}

// New makes one that writes to w.
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
		p.wipe()
		const width = 24
		full := min(width, width*p.done/max(p.total, 1))
		fmt.Fprintf(p.w, "[%s%s] %d/%d  %s %s: %d read", strings.Repeat("█", full), strings.Repeat("░", width-full), p.done, p.total, report, period, n)
		p.shown = true
	}
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
