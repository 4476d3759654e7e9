package builder

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"syscall"

	"rapport/fetch"
	"rapport/internal/text"
)

// LogLevel is an event's level in a log: an error needs a person, a warning may pass by itself.
// A wait that was said is for debugging.
func (e Event) LogLevel() slog.Level {
	if e.Known {
		return slog.LevelDebug
	}
	switch e.State {
	case "refused", "expired", "failed", "held":
		return slog.LevelError
	case "uncertain", "skipped", RefusedBefore:
		return slog.LevelWarn
	case Waiting, "deferred":
		return e.Level
	}
	return slog.LevelInfo
}

// FaultLevel is how bad the error is for which a report or a message waits: an error needs a
// person, who mends a login, a right or a full disk; a warning may pass by itself.
func FaultLevel(err error) slog.Level {
	switch {
	case fetch.Unauthorized(err), fetch.Denied(err), errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EROFS), errors.Is(err, fs.ErrPermission):
		return slog.LevelError
	case errors.As(err, new(*PanicError)), errors.As(err, new(*HeldBackError)):
		return slog.LevelError
	}
	return slog.LevelWarn
}

// LogTo writes an event to the log.
func (e Event) LogTo(to *slog.Logger, account string) { logTogether(to, account, []Event{e}) }

// An EventLog writes events to a log. What happens to many at once for one reason is one line.
type EventLog struct {
	log     *slog.Logger
	account string

	mu      sync.Mutex
	groups  int // that are open
	waiting []Event
}

// NewEventLog is that of an account.
func NewEventLog(log *slog.Logger, account string) *EventLog {
	return &EventLog{log: log, account: account}
}

// Add writes an event, or keeps one of a wait until the group ends.
func (l *EventLog) Add(e Event) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.groups > 0 && !e.Known && slices.Contains([]string{Waiting, "deferred", "skipped"}, e.State) {
		l.waiting = append(l.waiting, e)
		return
	}
	e.LogTo(l.log, l.account)
}

// Group has the events of waits written together, as far as they have one cause, when done is
// called.
func (l *EventLog) Group() (done func()) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.groups++
	return func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		l.groups--
		for len(l.waiting) > 0 {
			first := l.waiting[0].causeKey()
			var same, others []Event
			for _, e := range l.waiting {
				if e.causeKey() == first {
					same = append(same, e)
				} else {
					others = append(others, e)
				}
			}
			logTogether(l.log, l.account, same)
			l.waiting = others
		}
	}
}

// causeKey is the same of what waits for one cause.
func (e Event) causeKey() string {
	return fmt.Sprint(e.Type, e.State, e.LogLevel(), text.WithoutNumbers(e.cause()))
}

// cause is an event's error without what it is about.
func (e Event) cause() string {
	cause := strings.TrimPrefix(e.Error, "report "+e.Report+": ")
	return strings.TrimPrefix(strings.TrimPrefix(cause, e.Period+": "), "mail to "+e.Recipient+": ")
}

// mostNames is how many names a line has at most.
const mostNames = 40

// logTogether writes one line of events for one cause.
func logTogether(to *slog.Logger, account string, list []Event) {
	names := func(of func(Event) string) string {
		var all []string
		for _, e := range list {
			if name := of(e); !slices.Contains(all, name) {
				all = append(all, name)
			}
		}
		more := ""
		if len(all) > mostNames {
			more, all = fmt.Sprintf(" +%d", len(all)-mostNames), all[:mostNames]
		}
		return strings.Join(all, " ") + more
	}
	e, level, fault := list[0], list[0].LogLevel(), list[0].Error
	if len(list) > 1 {
		fault = e.cause()
	}
	attrs := []any{
		"account", account, "report", names(func(e Event) string { return e.Report }), "period", names(func(e Event) string { return e.Period }),
		"state", e.State, "recipient", names(func(e Event) string { return e.Recipient }), "path", e.Path, "error", fault,
	}
	switch {
	case len(list) > 1:
		attrs = append(attrs, "count", len(list))
	case e.Delivery > 0:
		attrs = append(attrs, "delivery", e.Delivery, "message_id", e.MessageID)
	}
	if e.Answer != "" {
		attrs = append(attrs, "queue_id", e.QueueID, "answer", e.Answer)
	}
	to.Log(context.Background(), level, e.Type, attrs...)
}
