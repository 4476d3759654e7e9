package main

import (
	"flag"
	"testing"

	"rapport/internal/postgrestest"
)

var lostCommits = flag.Int("lostcommits", 0, "how many commits TestReplicasWhoseCommitsAreLost loses the answer of; 0: some dozens")

// TestReplicasWhoseCommitsAreLost: their connection ends before the server heard of a commit, while it hears, or before
// they hear its answer. Each outcome is found out: nothing is lost, and nothing comes twice or is uncertain.
func TestReplicasWhoseCommitsAreLost(t *testing.T) {
	long(t)
	t.Parallel()
	server := postgrestest.Start(t)
	relay, port := startKeepingRelay(t)
	least := max(*lostCommits, 24)
	reports := least
	program := binary(t)
	way := startWay(t, server.Dir, func(w *way) {
		w.fault = func(commits int) lostAt {
			if commits%3 > 0 {
				return notLost
			}
			return lostCommit + lostAt(commits/3%3)
		}
	})
	config := way.config(t, postgresConfig(t, server, reports, port))
	for range 3 {
		startReplica(t, program, config, t.TempDir())
	}
	awaitAsked(t, server, program, config, reports*3)
	if duplicates, uncertain := checkHistory(t, program, config, relay, reports*3); duplicates+uncertain > 0 {
		t.Errorf("%d came twice, %d were uncertain", duplicates, uncertain)
	}
	gapless(t, server)
	before, while, answers := way.lost()
	if before < least/2 || while+answers < least {
		t.Errorf("lost: %d commits, %d while they were heard, %d answers", before, while, answers)
	}
	t.Logf("%d commits were lost, %d while they were heard, and %d answers: %d mails, each once", before, while, answers, reports*3)
}
