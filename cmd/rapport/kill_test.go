package main

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"flag"
	"math/rand/v2"
	"os/exec"
	"path/filepath"
	"slices"
	"syscall"
	"testing"
	"time"

	"rapport/internal/archive"
)

var (
	kills    = flag.Int("kills", 0, "how often tests kill the program; 0: some times")
	killSeed = flag.Uint64("killseed", uint64(time.Now().UnixNano()), "where TestKill gets its moments from")
)

// TestKill kills the real program at random moments while it mails: nothing is lost, and
// what came twice has the same Message-ID and the same bytes, and is counted as uncertain.
func TestKill(t *testing.T) {
	t.Parallel()
	relay, port := startKeepingRelay(t)
	dir, config := killConfig(t, 4, port)
	killAtRandom(t, relay, dir, config, 4*3)
}

// TestKillWhileAReportIsSplit: likewise with parts, which are all made or none.
func TestKillWhileAReportIsSplit(t *testing.T) {
	t.Parallel()
	relay, port := startKeepingRelay(t)
	dir, config, mails := killSplitConfig(t, port)
	killAtRandom(t, relay, dir, config, mails)
}

// killAtRandom kills the program again and again while it makes and mails so many messages a day.
func killAtRandom(t *testing.T, relay *keepingRelay, dir, config string, mails int) {
	t.Helper()
	long(t)
	most := cmp.Or(*kills, scaled(12, 4))
	t.Logf("%d kills, -killseed %d", most, *killSeed)
	dice := rand.New(rand.NewPCG(*killSeed, 0))
	program, day := binary(t), time.Date(2026, 11, 20, 6, 30, 0, 0, time.UTC)
	run := func(ctx context.Context, more ...string) error {
		cmd := exec.CommandContext(ctx, program, append([]string{"run", config, "--now", day.Format(time.RFC3339)}, more...)...)
		cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGKILL) }
		var said bytes.Buffer
		cmd.Stderr = &said
		err := cmd.Run()
		var ended *exec.ExitError
		if errors.As(err, &ended) && ended.Exited() && ended.ExitCode() != exitWaiting {
			t.Fatalf("exit code %d: %s", ended.ExitCode(), said.String())
		}
		return err
	}
	began := time.Now()
	if err := run(t.Context()); err != nil {
		t.Fatal(err)
	}
	whole := time.Since(began)
	days, killed := 1, 0
	for killed < most {
		day = day.AddDate(0, 0, 1)
		days++
		for killed < most {
			ctx, cancel := context.WithTimeout(t.Context(), time.Duration(dice.Int64N(int64(whole*11/10))))
			err := run(ctx)
			cancel()
			if err == nil || cmdEnded(err) {
				break // this day is done, or waits for its suspects
			}
			killed++
		}
	}
	all := "2026-11-19.." + day.AddDate(0, 0, -1).Format(time.DateOnly) // those too over which it was killed three times
	for i := 0; ; i++ {
		if err := run(t.Context(), "--period", all); err == nil {
			break
		} else if i == 3 {
			t.Fatal(err)
		}
	}
	if out, err := exec.CommandContext(t.Context(), program, "verify", config).CombinedOutput(); err != nil {
		t.Errorf("verify: %v: %s", err, out)
	}
	duplicates, uncertain := checkHistory(t, program, config, relay, days*mails)
	for _, depth := range []string{"*", "*/*"} {
		left, err := filepath.Glob(filepath.Join(dir, "archive", "*", depth, ".*"))
		left = slices.DeleteFunc(left, func(path string) bool { return filepath.Base(path) == archive.Seal })
		if err != nil || len(left) > 0 {
			t.Errorf("left behind: %v, %v", left, err)
		}
	}
	t.Logf("%d kills over %d days of %s each: %d mails, 0 lost, %d came twice, %d times the outcome was unknown", killed, days, whole.Round(time.Millisecond), days*mails, duplicates, uncertain)
}

// cmdEnded tells whether a program ended by itself.
func cmdEnded(err error) bool {
	var ended *exec.ExitError
	return errors.As(err, &ended) && ended.Exited()
}
