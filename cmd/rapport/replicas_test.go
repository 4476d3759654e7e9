package main

import (
	"cmp"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"rapport/internal/postgrestest"
)

var (
	replicas       = flag.Int("replicas", 3, "how many daemons TestReplicas runs")
	replicaKills   = flag.Int("replicakills", 0, "how often TestReplicas kills one; 0: some times")
	replicaReports = flag.Int("replicareports", 20, "how many reports TestReplicas makes")
	replicaMails   = flag.Int("replicamails", 3, "to how many recipients TestReplicas sends each, at least three")
)

// A replica is a machine with a daemon of the real program.
type replica struct {
	*process
	state string // directory
}

// startReplica starts a daemon as another machine would, with leases of a sixtieth.
func startReplica(t *testing.T, program, config, state string, more ...string) *replica {
	t.Helper()
	p := newProcess(t, append([]string{program, "serve", config, "--test-lease-divisor", "60"}, more...)...)
	p.Env = append(os.Environ(), "STATE_DIRECTORY="+state)
	p.Stdout, p.Stderr = p.said, p.said
	return &replica{p.begin(), state}
}

// sent is how many deliveries the ledger says were sent.
func sent(t *testing.T, server *postgrestest.Server) int {
	t.Helper()
	said := server.SQL(t, "shop", `SELECT CASE WHEN to_regclass('rapport.delivery') IS NULL THEN '0' ELSE
		(xpath('/row/c/text()', query_to_xml('SELECT count(*) AS c FROM rapport.delivery WHERE state = ''sent''', false, true, '')))[1]::text END`)
	n, err := strconv.Atoi(said)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// allSent waits until so many deliveries were sent, and tells whether they were in time.
func allSent(t *testing.T, server *postgrestest.Server, want int, most time.Duration) bool {
	t.Helper()
	for began := time.Now(); sent(t, server) < want; {
		if time.Since(began) > most {
			return false
		}
		<-time.After(200 * time.Millisecond)
	}
	return true
}

// awaitSent waits until so many deliveries were sent.
func awaitSent(t *testing.T, server *postgrestest.Server, want int, most time.Duration) {
	t.Helper()
	if !allSent(t, server, want, most) {
		t.Fatalf("%d of %d were sent: %s", sent(t, server), want, states(t, server))
	}
}

// states is how many deliveries and periods the ledger has in each state, and why some wait.
func states(t *testing.T, server *postgrestest.Server) string {
	t.Helper()
	return server.SQL(t, "shop", `SELECT 'deliveries ' || state || ' ' || count(*) || ' ' || max(answer) FROM rapport.delivery WHERE state <> 'sent' GROUP BY state, claimed_by`) +
		server.SQL(t, "shop", `SELECT 'periods ' || state || ' ' || count(*) || ' crashes ' || crashes || ' ' || max(error) FROM rapport.period WHERE state <> 'made' GROUP BY state, claimed_by, crashes`)
}

// awaitAsked is awaitSent, after somebody asked for what was left alone or waits for its next try.
func awaitAsked(t *testing.T, server *postgrestest.Server, program, config string, want int) {
	t.Helper()
	for range 3 { // what one machine is at, another cannot be asked for
		if allSent(t, server, want, patience/6) {
			break
		}
		t.Logf("after %s: %s", patience/6, states(t, server))
		askForAll(t, program, config)
	}
	awaitSent(t, server, want, patience)
}

// askForAll is what somebody does who does not wait for the next try of what dailyReports owe.
func askForAll(t *testing.T, program, config string) {
	t.Helper()
	cmd := exec.Command(program, "run", config, "--period", time.Now().Add(-12*time.Hour).AddDate(0, 0, -1).Format(time.DateOnly))
	cmd.Env = append(os.Environ(), "STATE_DIRECTORY="+t.TempDir())
	out, err := cmd.CombinedOutput()
	t.Logf("a run: %v: %s", err, out[max(0, len(out)-200):])
}

// gapless holds each report's numbers to be 1, 2, 3, each once.
func gapless(t *testing.T, server *postgrestest.Server) {
	t.Helper()
	if gaps := server.SQL(t, "shop", `SELECT count(*) FROM (SELECT report FROM rapport.period WHERE number > 0 GROUP BY report HAVING max(number) <> count(DISTINCT number) OR count(*) <> max(number)) gaps`); gaps != "0" {
		t.Errorf("%s reports have gaps in their numbers", gaps)
	}
}

// A machineLine is one of what rapport machines --json says of a process.
type machineLine struct {
	Type, State string
	Process     string // its id
	PID         int
}

// machineLines is what rapport machines says of processes.
func machineLines(t *testing.T, program, config string, more ...string) (lines []machineLine, code int) {
	t.Helper()
	cmd := exec.Command(program, append([]string{"machines", config, "--json", "--test-lease-divisor", "60"}, more...)...)
	out, err := cmd.Output()
	if ended := (*exec.ExitError)(nil); err != nil && !errors.As(err, &ended) {
		t.Fatal(err)
	}
	for text := range strings.Lines(string(out)) {
		var line machineLine
		if err := json.Unmarshal([]byte(text), &line); err != nil {
			t.Fatal(err)
		}
		if line.Type == "process" {
			lines = append(lines, line)
		}
	}
	return lines, cmd.ProcessState.ExitCode()
}

// addRecipients gives each report so many more.
func addRecipients(t *testing.T, config string, n int) {
	t.Helper()
	text, err := os.ReadFile(config)
	if err != nil {
		t.Fatal(err)
	}
	more := ""
	for i := range n {
		more += fmt.Sprintf(", d%d@x.example", i)
	}
	writeConfig(t, config, strings.ReplaceAll(string(text), "@x.example]}", "@x.example"+more+"]}"))
}

// TestReplicas of the real daemon share a PostgreSQL server and an archive, and one of them is killed each second and
// started again: each delivery arrives, and what came twice was counted, with the same Message-ID and bytes.
func TestReplicas(t *testing.T) {
	long(t)
	t.Parallel()
	server := postgrestest.Start(t)
	relay, port := startKeepingRelay(t)
	config, program := postgresConfig(t, server, *replicaReports, port), binary(t)
	addRecipients(t, config, *replicaMails-3)
	kills := cmp.Or(*replicaKills, scaled(8, 3))
	var all []*replica
	for range *replicas {
		all = append(all, startReplica(t, program, config, t.TempDir()))
	}
	want, killed := *replicaReports**replicaMails, 0
	for began := time.Now(); relay.kept() == 0 && time.Since(began) < patience; { // what is killed too often before is left alone for an hour
		<-time.After(50 * time.Millisecond)
	}
	for killed < kills && relay.kept() < want {
		<-time.After(time.Second)
		i := rand.IntN(len(all))
		all[i].signal(syscall.SIGKILL)
		<-all[i].ended
		killed++
		all[i] = startReplica(t, program, config, all[i].state)
	}
	for before := -1; before < relay.kept() && killed >= 100; { // many messages are left
		before = relay.kept()
		allSent(t, server, want, patience/6)
	}
	awaitAsked(t, server, program, config, want)
	if lines, code := machineLines(t, program, config); code == exitUsage || len(lines) < 1 {
		t.Errorf("the machines are %v, exit code %d", lines, code)
	}
	duplicates, uncertain := checkHistory(t, program, config, relay, want)
	gapless(t, server)
	t.Logf("%d kills of %d replicas: %d mails, 0 lost, %d came twice, %d times the outcome was unknown", killed, *replicas, want, duplicates, uncertain)
}

// TestWhatAMachineHadNotBegunGoesOnWithinSeconds of its end, and what it was sending after the lease, as uncertain.
func TestWhatAMachineHadNotBegunGoesOnWithinSeconds(t *testing.T) {
	long(t)
	server := postgrestest.Start(t)
	kept := newKeepingRelay()
	stuck, first := make(chan struct{}), make(chan struct{})
	t.Cleanup(func() { close(stuck) })
	var once sync.Once
	relay := &scriptedRelay{keepingRelay: kept, open: func(string) {
		hangs := false
		once.Do(func() { hangs = true; close(first) })
		if hangs {
			<-stuck // the first message is on its way for good
		}
	}}
	port := listenSMTP(t, relay)
	config, program := postgresConfig(t, server, 10, port), binary(t)
	dying := startReplica(t, program, config, t.TempDir())
	dying.waitFor(first, "its first message")
	other := startReplica(t, program, config, t.TempDir())
	other.says("msg=started", 1)
	dying.signal(syscall.SIGKILL)
	<-dying.ended
	began, before := time.Now(), kept.kept()
	for kept.kept() == before && time.Since(began) < patience {
		<-time.After(50 * time.Millisecond)
	}
	goesOn := time.Since(began)
	if goesOn > time.Duration(scaled(5, 20))*time.Second {
		t.Errorf("the next message was sent %s after the kill", goesOn)
	}
	awaitSent(t, server, 29, patience)
	t.Logf("the next message was sent %s after the kill, the last of 29 after %s", goesOn.Round(100*time.Millisecond), time.Since(began).Round(100*time.Millisecond))
	awaitSent(t, server, 30, patience)
	if _, uncertain := checkHistory(t, program, config, kept, 30); uncertain != 1 {
		t.Errorf("%d were uncertain", uncertain)
	}
	if lines, code := machineLines(t, program, config); code != exitDone || len(lines) != 1 || lines[0].State != "alive" {
		t.Errorf("the machines are %v, exit code %d", lines, code)
	}
}

// TestAMachineThatLosesItsWayToTheDatabase sends nothing meanwhile, and goes on as a new process.
func TestAMachineThatLosesItsWayToTheDatabase(t *testing.T) {
	long(t)
	t.Parallel()
	server := postgrestest.Start(t)
	relay, port := startKeepingRelay(t)
	config, program := postgresConfig(t, server, 10, port), binary(t)
	way := startWay(t, server.Dir, nil)
	lonely := startReplica(t, program, way.config(t, config), t.TempDir())
	lonely.says("msg=started", 1)
	way.cut()
	other := startReplica(t, program, config, t.TempDir())
	other.says("msg=started", 1)
	way.mend(t)
	awaitAsked(t, server, program, config, 30)
	duplicates, uncertain := checkHistory(t, program, config, relay, 30)
	t.Logf("%d came twice, %d were uncertain", duplicates, uncertain)
}
