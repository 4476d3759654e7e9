package main

import (
	"cmp"
	"flag"
	"syscall"
	"testing"
	"time"

	"rapport/internal/postgrestest"
)

var replicaSpeed = flag.Int("replicaspeed", 0, "how many reports TestSpeedOfReplicas sends, each to three recipients, and holds to their speed; 0: one replica sends some, at any speed")

// TestSpeedOfReplicas with PostgreSQL a millisecond away: one sends all, and by hand, on a machine that is quiet, three
// make at least 2.2 times the deliveries of one.
func TestSpeedOfReplicas(t *testing.T) {
	long(t)
	t.Parallel()
	if *replicaSpeed == 0 {
		deliveriesPerSecond(t, 1)
		return
	}
	one, three := deliveriesPerSecond(t, 1), deliveriesPerSecond(t, 3)
	t.Logf("one replica sends %.0f messages a second, three %.0f: %.2f times as many", one, three, three/one)
	if *replicaSpeed > 0 && three < 2.2*one {
		t.Errorf("three replicas send %.2f times the messages of one, want 2.2", three/one)
	}
}

// deliveriesPerSecond is how fast so many replicas make and send, from the first message to the last.
func deliveriesPerSecond(t *testing.T, replicas int) float64 {
	t.Helper()
	server := postgrestest.Start(t)
	relay, port := startKeepingRelay(t)
	way := startWay(t, server.Dir, func(w *way) { w.delay = time.Millisecond / 2 })
	reports := cmp.Or(*replicaSpeed, 2)
	config, program := way.config(t, postgresConfig(t, server, reports, port)), binary(t)
	var all []*replica
	for range replicas {
		all = append(all, startReplica(t, program, config, t.TempDir()))
	}
	want := 3 * reports
	relay.awaitKept(t, 1)
	began := time.Now()
	relay.awaitKept(t, want)
	took := time.Since(began)
	for _, r := range all {
		r.signal(syscall.SIGTERM)
		<-r.ended
	}
	return float64(want-1) / took.Seconds()
}
