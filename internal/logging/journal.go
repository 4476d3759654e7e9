// Package logging has handlers for log/slog: one that gives each line the priority that the
// systemd journal keeps, and one that does not say the same again and again. It knows nothing
// of what is logged, and refuses to drop a line that says something new.
package logging

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"sync"
)

// UnderJournal tells whether what is written to w goes to the systemd journal: JOURNAL_STREAM
// has the device and the inode of that stream, as sd-daemon(3) says. A process that inherited
// the variable and writes elsewhere is not under it.
func UnderJournal(w io.Writer, journalStream string) bool {
	file, ok := w.(*os.File)
	if !ok || journalStream == "" {
		return false
	}
	stream, ok := streamOf(file)
	return ok && stream == journalStream
}

// priority is a level as syslog(3) numbers it.
func priority(level slog.Level) int {
	switch {
	case level >= slog.LevelError:
		return 3
	case level >= slog.LevelWarn:
		return 4
	case level >= slog.LevelInfo:
		return 6
	}
	return 7
}

// WithPriority is a writer to the journal: each line of what is written at once gets the
// priority of a level before it.
func WithPriority(w io.Writer, level slog.Level) io.Writer { return &priorityWriter{w, level} }

type priorityWriter struct {
	w     io.Writer
	level slog.Level
}

func (p *priorityWriter) Write(data []byte) (int, error) {
	var out []byte
	for line := range bytes.Lines(data) {
		if len(bytes.TrimSpace(line)) > 0 {
			out = fmt.Appendf(out, "<%d>", priority(p.level))
		}
		out = append(out, line...)
	}
	if _, err := p.w.Write(out); err != nil {
		return 0, err
	}
	return len(data), nil
}

// ForJournal is a handler that writes to the journal what the handler of newHandler writes,
// each record with its level as priority.
func ForJournal(w io.Writer, newHandler func(io.Writer) slog.Handler) slog.Handler {
	to := &priorityWriter{w: w}
	return &journalHandler{Handler: newHandler(to), to: to, mu: new(sync.Mutex)}
}

type journalHandler struct {
	slog.Handler
	mu *sync.Mutex
	to *priorityWriter // where Handler writes; mu guards its level
}

func (h *journalHandler) Handle(ctx context.Context, r slog.Record) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.to.level = r.Level
	return h.Handler.Handle(ctx, r)
}

func (h *journalHandler) WithAttrs(attrs []slog.Attr) slog.Handler {
	return &journalHandler{h.Handler.WithAttrs(attrs), h.mu, h.to}
}

func (h *journalHandler) WithGroup(name string) slog.Handler {
	return &journalHandler{h.Handler.WithGroup(name), h.mu, h.to}
}
