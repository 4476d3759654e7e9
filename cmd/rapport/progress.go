package main

import (
	"fmt"
	"io"
	"os"
	"strings"

	"golang.org/x/term"
)

// progress shows how far a run is on stderr: a bar on a terminal, a line per report elsewhere.
type progress struct {
	w           io.Writer
	bar         bool
	done, total int
	shown       bool
	last        int64
}

func newProgress(w io.Writer, total int) *progress {
	f, ok := w.(*os.File)
	return &progress{w: w, bar: ok && term.IsTerminal(int(f.Fd())), total: total}
}

// read is called for each thing that is read, and once when there are no more.
func (p *progress) read(report, period string, n int64, done bool) {
	switch {
	case !p.bar && (done || n%10_000 == 0):
		fmt.Fprintf(p.w, "rapport: %s %s: %d read\n", report, period, n)
	case p.bar && (done || n-p.last >= 100 || n < p.last):
		p.last = n
		p.clear()
		const width = 24
		full := width * p.done / max(p.total, 1)
		fmt.Fprintf(p.w, "[%s%s] %d/%d  %s %s: %d read", strings.Repeat("█", full), strings.Repeat("░", width-full), p.done, p.total, report, period, n)
		p.shown = true
	}
}

// next is called when a report is done.
func (p *progress) next() { p.done, p.last = p.done+1, 0 }

// clear takes the bar off the screen.
func (p *progress) clear() {
	if p.shown {
		fmt.Fprint(p.w, "\r\x1b[K")
		p.shown = false
	}
}
