package machines

import (
	"context"
	"log/slog"
	"time"
)

func discard() *slog.Logger { return slog.New(slog.DiscardHandler) }

// alarms are those that stand, by kind.
type alarms map[string]bool

func (a alarms) Raise(_ context.Context, kind, _ string, _ time.Time, _ ...string) bool {
	a[kind] = true
	return true
}

func (a alarms) Resolve(_ context.Context, kind, _ string, _ time.Time) { a[kind] = false }
