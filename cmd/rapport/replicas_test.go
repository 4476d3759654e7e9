package main

import (
	"cmp"
	"encoding/json"
	"errors"
	"flag"
	"io"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"path/filepath"
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
	replicaReports = flag.Int("replicareports", 20, "how many reports TestReplicas makes, each to three recipients")
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
		t.Fatalf("%d of %d were sent: deliveries %s; periods %s", sent(t, server), want,
			server.SQL(t, "shop", `SELECT string_agg(state || ' ' || n, ', ') FROM (SELECT state, count(*) n FROM rapport.delivery GROUP BY state) s`),
			server.SQL(t, "shop", `SELECT string_agg(state || ' ' || n, ', ') FROM (SELECT state, count(*) n FROM rapport.period GROUP BY state) s`))
	}
}

// awaitAsked is awaitSent, after somebody asked for what was left alone or waits for its next try.
func awaitAsked(t *testing.T, server *postgrestest.Server, program, config string, want int) {
	t.Helper()
	if !allSent(t, server, want, patience/6) {
		cmd := exec.Command(program, "run", config, "--period", time.Now().AddDate(0, 0, -1).Format(time.DateOnly))
		cmd.Env = append(os.Environ(), "STATE_DIRECTORY="+t.TempDir())
		out, err := cmd.CombinedOutput()
		t.Logf("a run: %v: %s", err, out[max(0, len(out)-200):])
	}
	awaitSent(t, server, want, patience)
}

// machinesOf gives the states that rapport machines says, and its exit code.
func machinesOf(t *testing.T, program, config string, more ...string) (states []string, code int) {
	t.Helper()
	cmd := exec.Command(program, append([]string{"machines", config, "--json", "--test-lease-divisor", "60"}, more...)...)
	out, err := cmd.Output()
	if ended := (*exec.ExitError)(nil); err != nil && !errors.As(err, &ended) {
		t.Fatal(err)
	}
	for text := range strings.Lines(string(out)) {
		var line struct{ Type, State string }
		if err := json.Unmarshal([]byte(text), &line); err != nil {
			t.Fatal(err)
		}
		if line.Type == "process" {
			states = append(states, line.State)
		}
	}
	return states, cmd.ProcessState.ExitCode()
}

// TestReplicas of the real daemon share a PostgreSQL server and an archive, and one of them is killed each second and
// started again: each delivery arrives, and what came twice was counted, with the same Message-ID and bytes.
func TestReplicas(t *testing.T) {
	long(t)
	t.Parallel()
	server := postgrestest.Start(t)
	relay, port := startKeepingRelay(t)
	config, program := postgresConfig(t, server, *replicaReports, port), binary(t)
	kills := cmp.Or(*replicaKills, scaled(8, 3))
	var all []*replica
	for range *replicas {
		all = append(all, startReplica(t, program, config, t.TempDir()))
	}
	want, killed := *replicaReports*3, 0
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
	awaitAsked(t, server, program, config, want)
	if states, code := machinesOf(t, program, config); code == exitUsage || len(states) < 1 {
		t.Errorf("the machines are %v, exit code %d", states, code)
	}
	duplicates, uncertain := checkHistory(t, program, config, relay, want)
	if gaps := server.SQL(t, "shop", `SELECT count(*) FROM (SELECT report FROM rapport.period WHERE number > 0 GROUP BY report HAVING max(number) <> count(DISTINCT number)) gaps`); gaps != "0" {
		t.Errorf("%s reports have gaps in their numbers", gaps)
	}
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
	if states, code := machinesOf(t, program, config); code != exitDone || len(states) != 1 || states[0] != "alive" {
		t.Errorf("the machines are %v, exit code %d", states, code)
	}
}

// TestAMachineThatLosesItsWayToTheDatabase sends nothing meanwhile, and goes on as a new process.
func TestAMachineThatLosesItsWayToTheDatabase(t *testing.T) {
	long(t)
	t.Parallel()
	server := postgrestest.Start(t)
	relay, port := startKeepingRelay(t)
	config, program := postgresConfig(t, server, 10, port), binary(t)
	way := startWay(t, server.Dir)
	text, err := os.ReadFile(config)
	if err != nil {
		t.Fatal(err)
	}
	cut := strings.TrimSuffix(config, ".yaml") + "cut.yaml"
	if err := os.WriteFile(cut, []byte(strings.Replace(string(text), "host="+server.Dir, "host="+way.dir, 1)), 0o600); err != nil {
		t.Fatal(err)
	}
	lonely := startReplica(t, program, cut, t.TempDir())
	lonely.says("msg=started", 1)
	way.cut()
	other := startReplica(t, program, config, t.TempDir())
	other.says("msg=started", 1)
	way.mend(t)
	awaitAsked(t, server, program, config, 30)
	duplicates, uncertain := checkHistory(t, program, config, relay, 30)
	t.Logf("%d came twice, %d were uncertain", duplicates, uncertain)
}

// A way leads to a server's socket, and can be cut.
type way struct {
	dir, to string

	mu       sync.Mutex
	listener net.Listener
	conns    []net.Conn
}

func startWay(t *testing.T, to string) *way {
	t.Helper()
	dir, err := os.MkdirTemp("", "way") // short: the path of a socket is at most 107 bytes
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	w := &way{dir: dir, to: to}
	w.mend(t)
	t.Cleanup(w.cut)
	return w
}

// mend lets connections through again.
func (w *way) mend(t *testing.T) {
	t.Helper()
	listener, err := net.Listen("unix", filepath.Join(w.dir, ".s.PGSQL.5432"))
	if err != nil {
		t.Fatal(err)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.listener = listener
	go func() {
		for {
			near, err := listener.Accept()
			if err != nil {
				return
			}
			far, err := net.Dial("unix", filepath.Join(w.to, ".s.PGSQL.5432"))
			if err != nil {
				near.Close()
				continue
			}
			w.mu.Lock()
			w.conns = append(w.conns, near, far)
			w.mu.Unlock()
			go func() { _, _ = io.Copy(near, far); near.Close() }()
			go func() { _, _ = io.Copy(far, near); far.Close() }()
		}
	}()
}

// cut ends all connections, and lets none through.
func (w *way) cut() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.listener.Close()
	for _, c := range w.conns {
		c.Close()
	}
	w.conns = nil
}
