package logging

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"time"

	"rapport/internal/text"
)

// lastingFor is how long after its last line a fault is taken to be over: what is tried again
// is tried every hour at least.
const lastingFor = 3 * time.Hour

// WithoutRepeats is a logger that says a fault that lasts once: a line that was said, and was
// seen again ever since, is not written again. Errors are compared without their numbers, and
// times and durations not at all. now is the clock that tries go by.
func WithoutRepeats(log *slog.Logger, now func() time.Time) *slog.Logger {
	return slog.New(&repeatsHandler{Handler: log.Handler(), seen: &seenLines{now: now, last: map[string]time.Time{}}})
}

type repeatsHandler struct {
	slog.Handler
	seen   *seenLines
	prefix string // what WithAttrs and WithGroup said
}

// seenLines are those that somebody wanted to write.
type seenLines struct {
	now func() time.Time

	mu   sync.Mutex
	last map[string]time.Time
}

// isRepeat tells whether a line was seen a short while ago, and notes that it is seen now.
func (s *seenLines) isRepeat(line string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.now()
	for other, at := range s.last {
		if now.Sub(at).Abs() >= lastingFor {
			delete(s.last, other)
		}
	}
	_, repeat := s.last[line]
	s.last[line] = now
	return repeat
}

func (h *repeatsHandler) Handle(ctx context.Context, r slog.Record) error {
	var line strings.Builder
	fmt.Fprint(&line, h.prefix, r.Level, r.Message)
	r.Attrs(func(a slog.Attr) bool {
		line.WriteString(essence(a))
		return true
	})
	if h.seen.isRepeat(line.String()) {
		return nil
	}
	return h.Handler.Handle(ctx, r)
}

func (h *repeatsHandler) WithAttrs(attrs []slog.Attr) slog.Handler {
	prefix := h.prefix
	for _, a := range attrs {
		prefix += essence(a)
	}
	return &repeatsHandler{h.Handler.WithAttrs(attrs), h.seen, prefix}
}

func (h *repeatsHandler) WithGroup(name string) slog.Handler {
	return &repeatsHandler{h.Handler.WithGroup(name), h.seen, h.prefix + "\x00" + name}
}

// essence is what two lines that say the same have in common of an attribute.
func essence(a slog.Attr) string {
	value := a.Value.Resolve()
	said := value.String()
	switch _, isError := value.Any().(error); {
	case value.Kind() == slog.KindTime, value.Kind() == slog.KindDuration:
		said = ""
	case isError, a.Key == "error":
		said = text.WithoutNumbers(said)
	}
	return "\x00" + a.Key + "=" + said
}
