package alarm

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"strings"

	"rapport/internal/ledger"
)

// A logged is an alarm that the log gets: that it is raised, or that it is resolved.
type logged struct {
	kind, subject, text string
	resolved            bool
}

// Group has what is said of alarms written together when done is called: those of a kind are
// one line.
func (n *Notifier) Group() (done func()) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.groups++
	return func() {
		n.mu.Lock()
		defer n.mu.Unlock()
		n.groups--
		for len(n.unlogged) > 0 {
			first := n.unlogged[0]
			var same []logged
			n.unlogged = slices.DeleteFunc(n.unlogged, func(a logged) bool {
				together := a.kind == first.kind && a.resolved == first.resolved
				if together {
					same = append(same, a)
				}
				return together
			})
			n.write(same)
		}
	}
}

// log writes an alarm to the log, now or when the group ends. Its caller holds mu.
func (n *Notifier) log(a logged) {
	if n.groups == 0 {
		n.write([]logged{a})
		return
	}
	n.unlogged = append(n.unlogged, a)
}

// mostSubjects is how many subjects a line has at most.
const mostSubjects = 40

// write writes alarms of one kind.
func (n *Notifier) write(list []logged) {
	var subjects []string
	for _, a := range list[:min(len(list), mostSubjects)] {
		subjects = append(subjects, a.subject)
	}
	if more := len(list) - len(subjects); more > 0 {
		subjects = append(subjects, fmt.Sprintf("+%d", more))
	}
	attrs := []any{"account", n.Account.ID, "kind", list[0].kind, "subject", strings.Join(subjects, ", ")}
	message, level := "alarm resolved", slog.LevelInfo
	if !list[0].resolved {
		message, level = "alarm", levelOf(list[0].kind)
		attrs = append(attrs, "text", list[0].text)
	}
	if len(list) > 1 {
		attrs = append(attrs, "count", len(list))
	}
	n.Log.Log(context.Background(), level, message, attrs...)
}

// levelOf is that of an alarm in the log: an error needs a person, a warning may pass by itself.
func levelOf(kind string) slog.Level {
	switch kind {
	case ledger.AlarmLate, ledger.AlarmWaiting, ledger.AlarmUncertain, ledger.AlarmChanged, ledger.AlarmTooLarge, ledger.AlarmSkipped:
		return slog.LevelWarn
	}
	return slog.LevelError
}
