package main

import (
	"context"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"testing"
	"time"

	"rapport/internal/postgrestest"
)

// skewed is the program on a machine whose clock is wrong by the first argument.
func skewed() {
	ahead, err := time.ParseDuration(os.Args[1])
	if err != nil {
		panic(err)
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	p := &program{getenv: os.Getenv, stdout: os.Stdout, stderr: os.Stderr, now: func() time.Time { return time.Now().Add(ahead) }}
	os.Exit(p.execute(ctx, os.Args[2:]))
}

// startSkewed starts a replica on a machine whose clock is wrong.
func startSkewed(t *testing.T, config, ahead string) *replica {
	t.Helper()
	p := newProcess(t, binaryAs(t, "skewed"), ahead, "serve", config, "--test-lease-divisor", "60")
	p.Env = append(os.Environ(), "STATE_DIRECTORY="+t.TempDir())
	p.Stdout, p.Stderr = p.said, p.said
	return &replica{p.begin(), ""}
}

// TestReplicasWhoseClocksDiffer: forty seconds from the database's have a replica make nothing, but send what others
// made; five change nothing. None takes another for dead.
func TestReplicasWhoseClocksDiffer(t *testing.T) {
	long(t)
	t.Parallel()
	server := postgrestest.Start(t)
	relay, port := startSlowRelay(t, 300*time.Millisecond)
	config, program := postgresConfig(t, server, 20, port), binary(t)
	held := []*replica{startSkewed(t, config, "40s"), startSkewed(t, config, "-40s")}
	for _, r := range held {
		r.says("kind=machine_clock", 1)
	}
	<-time.After(3 * time.Second)
	if made := server.SQL(t, "shop", `SELECT count(*) FROM rapport.period`); made != "0" {
		t.Errorf("%s periods are planned by who has no right clock", made)
	}
	near := []*replica{startSkewed(t, config, "5s"), startSkewed(t, config, "-5s")}
	awaitAsked(t, server, program, config, 60)
	if duplicates, uncertain := checkHistory(t, program, config, relay, 60); duplicates+uncertain > 0 {
		t.Errorf("%d came twice, %d were uncertain", duplicates, uncertain)
	}
	gapless(t, server)
	files := 0
	for i, r := range append(held, near...) {
		made, sent := strings.Count(r.said.String(), "msg=file"), strings.Count(r.said.String(), "msg=delivery")
		if sent == 0 || i < len(held) && made > 0 {
			t.Errorf("%s made %d files and sent %d messages", r.Args[1], made, sent)
		}
		if i >= len(held) && !strings.Contains(r.said.String(), "is time kept by NTP?") {
			t.Errorf("%s: nobody is told of its clock", r.Args[1])
		}
		if strings.Contains(r.said.String(), "for dead") {
			t.Errorf("%s: %s", r.Args[1], r.said.last())
		}
		files += made
	}
	if files != 20 {
		t.Errorf("%d files were made", files)
	}
}
