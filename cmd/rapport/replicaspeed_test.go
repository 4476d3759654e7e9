package main

import (
	"flag"
	"syscall"
	"testing"
	"time"

	"rapport/internal/postgrestest"
)

var replicaSpeed = flag.Int("replicaspeed", 0, "how many reports TestSpeedOfReplicas sends, each to three recipients; 0: it is skipped")

// TestSpeedOfReplicas: three make at least 2.2 times the deliveries of one, with PostgreSQL a millisecond away. It needs
// a machine that is quiet.
func TestSpeedOfReplicas(t *testing.T) {
	if *replicaSpeed == 0 {
		t.Skip("runs by hand, with -replicaspeed")
	}
	one, three := deliveriesPerSecond(t, 1), deliveriesPerSecond(t, 3)
	t.Logf("one replica sends %.0f messages a second, three %.0f: %.2f times as many", one, three, three/one)
	if three < 2.2*one {
		t.Errorf("three replicas send %.2f times the messages of one, want 2.2", three/one)
	}
}

// deliveriesPerSecond is how fast so many replicas make and send, from the first message to the last.
func deliveriesPerSecond(t *testing.T, replicas int) float64 {
	t.Helper()
	server := postgrestest.Start(t)
	relay, port := startKeepingRelay(t)
	way := startWay(t, server.Dir, func(w *way) { w.delay = time.Millisecond / 2 })
	config, program := way.config(t, postgresConfig(t, server, *replicaSpeed, port)), binary(t)
	var all []*replica
	for range replicas {
		all = append(all, startReplica(t, program, config, t.TempDir()))
	}
	want := 3 * *replicaSpeed
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
