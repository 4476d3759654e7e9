package builder_test

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"strings"
	"syscall"
	"testing"

	"rapport/fetch"
	"rapport/internal/builder"
)

func TestAnEventsLevelSaysWhetherAPersonMustAct(t *testing.T) {
	for state, want := range map[string]slog.Level{
		"written": slog.LevelInfo, "sent": slog.LevelInfo, "cancelled": slog.LevelInfo, builder.Already: slog.LevelInfo, builder.NotMailed: slog.LevelInfo,
		"refused": slog.LevelError, "expired": slog.LevelError, "failed": slog.LevelError, "held": slog.LevelError,
		"uncertain": slog.LevelWarn, "skipped": slog.LevelWarn, builder.RefusedBefore: slog.LevelWarn,
		builder.Waiting: slog.LevelInfo, "deferred": slog.LevelInfo,
	} {
		if level := (builder.Event{State: state}).LogLevel(); level != want {
			t.Errorf("%s: %s, want %s", state, level, want)
		}
	}
	if level := (builder.Event{State: "deferred", Level: slog.LevelWarn}).LogLevel(); level != slog.LevelWarn {
		t.Errorf("what waits for a fault: %s", level)
	}
	if level := (builder.Event{State: "deferred", Level: slog.LevelError, Known: true}).LogLevel(); level != slog.LevelDebug {
		t.Errorf("what is known: %s", level)
	}
	for name, c := range map[string]struct {
		err  error
		want slog.Level
	}{
		"a login":       {&fetch.StatusError{Code: 401}, slog.LevelError},
		"a scope":       {&fetch.StatusError{Code: 403}, slog.LevelError},
		"a full disk":   {&fs.PathError{Op: "write", Path: "a", Err: syscall.ENOSPC}, slog.LevelError},
		"a right":       {&fs.PathError{Op: "open", Path: "a", Err: syscall.EACCES}, slog.LevelError},
		"a fault of us": {&builder.PanicError{}, slog.LevelError},
		"an outage":     {&fetch.StatusError{Code: 503}, slog.LevelWarn},
		"a cable":       {errors.New("connection refused"), slog.LevelWarn},
	} {
		if level := builder.FaultLevel(fmt.Errorf("fetch: %w", c.err)); level != c.want {
			t.Errorf("%s: %s, want %s", name, level, c.want)
		}
	}
}

func TestWhatWaitsForOneCauseIsOneLine(t *testing.T) {
	var out bytes.Buffer
	log := builder.NewEventLog(slog.New(slog.NewTextHandler(&out, nil)), "T1")
	waits := func(report, cause string, known bool) builder.Event {
		return builder.Event{Type: "report", Report: report, Period: "2026-11-19", State: builder.Waiting, Error: "report " + report + ": 2026-11-19: " + cause, Level: slog.LevelWarn, Known: known}
	}
	done := log.Group()
	for _, e := range []builder.Event{waits("a", "dial :4711: refused", false), waits("b", "timed out", false), waits("c", "dial :4712: refused", false), waits("d", "dial :4712: refused", true)} {
		log.Add(e)
	}
	log.Add(builder.Event{Type: "file", Report: "e", Period: "2026-11-19", State: builder.Written})
	if !strings.Contains(out.String(), "report=e") || strings.Count(out.String(), "\n") != 1 {
		t.Errorf("what is done is said at once, what waits is not: %s", &out)
	}
	out.Reset()
	done()
	want := []string{
		`level=WARN msg=report account=T1 report="a c" period=2026-11-19 state=waiting recipient="" path="" error="dial :4711: refused" count=2`,
		`level=WARN msg=report account=T1 report=b period=2026-11-19 state=waiting recipient="" path="" error="report b: 2026-11-19: timed out"`,
	}
	for _, line := range want {
		if !strings.Contains(out.String(), line+"\n") {
			t.Errorf("lacks %s:\n%s", line, &out)
		}
	}
	if strings.Count(out.String(), "\n") != len(want) {
		t.Errorf("more lines than two:\n%s", &out)
	}
	out.Reset()
	log.Add(waits("b", "timed out", false))
	if strings.Count(out.String(), "\n") != 1 {
		t.Errorf("outside of a group it is said at once: %s", &out)
	}
}
