package main

import (
	"flag"
	"math/rand/v2"
	"testing"
	"time"

	"rapport/internal/postgrestest"
)

var serverStops = flag.Int("serverstops", 1, "how often TestReplicasWhoseServerIsStoppedAtOnce stops PostgreSQL")

// TestReplicasWhoseServerIsStoppedAtOnce, as by a power cut, and is started again, at random moments of their work:
// nothing is lost, and what came twice was counted, with the same Message-ID and bytes.
func TestReplicasWhoseServerIsStoppedAtOnce(t *testing.T) {
	long(t)
	t.Parallel()
	server := postgrestest.Start(t)
	relay, port := startSlowRelay(t, 200*time.Millisecond)
	reports := 4 + 8**serverStops
	config, program := postgresConfig(t, server, reports, port), binary(t)
	for range 3 {
		startReplica(t, program, config, t.TempDir())
	}
	want := reports * 3
	for stop := range *serverStops {
		if stop > 0 { // what was put off waits longer than the next stop
			allSent(t, server, want*stop / *serverStops, patience/6)
		}
		relay.awaitKept(t, 1)
		<-time.After(rand.N(200 * time.Millisecond))
		server.Down(t)
		<-time.After(rand.N(500 * time.Millisecond))
		server.Up(t)
	}
	awaitAsked(t, server, program, config, want)
	duplicates, uncertain := checkHistory(t, program, config, relay, want)
	gapless(t, server)
	t.Logf("%d stops: %d mails, 0 lost, %d came twice, %d times the outcome was unknown", *serverStops, want, duplicates, uncertain)
}
