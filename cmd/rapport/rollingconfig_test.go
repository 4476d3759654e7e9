package main

import (
	"net"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"rapport/internal/postgrestest"
)

// TestReplicasWithFilesOfDifferentAge: one of two daemons knows a report that the other does not, whichever started
// first. Its messages wait for the relay, and are not cancelled meanwhile; each is sent once, then.
func TestReplicasWithFilesOfDifferentAge(t *testing.T) {
	long(t)
	for name, newerFirst := range map[string]bool{"the newer first": true, "the older first": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := postgrestest.Start(t)
			address := freeAddress(t) // where no relay listens yet
			_, port, _ := net.SplitHostPort(address)
			number, _ := strconv.Atoi(port)
			config, program := postgresConfig(t, server, 2, number), binary(t)
			newer, err := os.ReadFile(config)
			if err != nil {
				t.Fatal(err)
			}
			older, _, _ := strings.Cut(string(newer), "  - {id: r1,")
			texts := []string{older, string(newer)}
			if newerFirst {
				slices.Reverse(texts)
			}
			made := 0
			for _, text := range texts {
				writeConfig(t, config, text)
				startReplica(t, program, config, t.TempDir()).says("msg=started", 1)
				made = max(made, strings.Count(text, "- {id: r"))
				for began := time.Now(); unsent(t, server) != 3*made; <-time.After(100 * time.Millisecond) {
					if time.Since(began) > patience {
						t.Fatalf("%d messages wait: %s", unsent(t, server), states(t, server))
					}
				}
			}
			<-time.After(5 * time.Second) // each looks at the ledger some times
			if n := unsent(t, server); n != 6 {
				t.Errorf("%d messages wait: %s", n, states(t, server))
			}
			relay := newKeepingRelay()
			listenSMTPAt(t, address, relay)
			writeConfig(t, config, string(newer))
			askForAll(t, program, config)
			awaitSent(t, server, 6, patience)
			if duplicates, uncertain := checkHistory(t, program, config, relay, 6); duplicates+uncertain > 0 {
				t.Errorf("%d came twice, %d were uncertain", duplicates, uncertain)
			}
			gapless(t, server)
		})
	}
}

// unsent is how many messages are made and neither sent nor given up.
func unsent(t *testing.T, server *postgrestest.Server) int {
	t.Helper()
	n, err := strconv.Atoi(server.SQL(t, "shop", `SELECT count(*) FROM rapport.delivery WHERE state IN ('queued', 'deferred', 'sending')`))
	if err != nil {
		t.Fatal(err)
	}
	return n
}
