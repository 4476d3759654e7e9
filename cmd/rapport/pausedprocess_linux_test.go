package main

import (
	"bufio"
	"flag"
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"rapport/internal/postgrestest"
)

var pauses = flag.Int("pauses", 1, "how often TestPausedReplicas stops two replicas, and how often TestPausedServer stops PostgreSQL")

// shortLease is 5 s, of which the last sign of life may be 2 s old when a message ends. A process is mute after 10 s.
var shortLease = []string{"--test-lease-divisor", "240"}

// pause stops a process as it is, until it is told to go on.
func (r *replica) pause(t *testing.T) {
	t.Helper()
	r.signal(syscall.SIGSTOP)
	awaitStopped(t, r.Process.Pid)
}

func awaitStopped(t *testing.T, pid int) {
	t.Helper()
	for began := time.Now(); processStat(pid)[0] != "T"; <-time.After(time.Millisecond) {
		if time.Since(began) > patience {
			t.Fatalf("process %d does not stop", pid)
		}
	}
}

// processStat is the state of a process, its parent's id, and more.
func processStat(pid int) []string {
	text, _ := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	_, rest, _ := strings.Cut(string(text), ") ") // after the name
	return append(strings.Fields(rest), "", "")
}

// endMute has the operator end the process that is mute, once one is.
func endMute(t *testing.T, program, config string, pid int) {
	t.Helper()
	for began := time.Now(); ; <-time.After(200 * time.Millisecond) {
		lines, _ := machineLines(t, program, config, shortLease...)
		for _, line := range lines {
			if line.PID == pid && line.State == "mute" {
				machineLines(t, program, config, append(shortLease, "--end", line.Process)...)
				return
			}
		}
		if time.Since(began) > patience {
			t.Fatalf("process %d is not mute", pid)
		}
	}
}

// TestPausedReplicas are stopped for longer than their lease at random points, and one of two is ended by the operator
// meanwhile: nothing is lost, and what came twice was counted.
func TestPausedReplicas(t *testing.T) {
	long(t)
	t.Parallel()
	server := postgrestest.Start(t)
	relay, port := startSlowRelay(t, time.Second)
	reports := 12 + 12**pauses
	config, program := postgresConfig(t, server, reports, port), binary(t)
	var all []*replica
	for range 3 {
		all = append(all, startReplica(t, program, config, t.TempDir(), shortLease...))
	}
	want := reports * 3
	for round := range *pauses {
		relay.awaitKept(t, 1 + round*want / *pauses)
		<-time.After(rand.N(time.Second))
		i := rand.IntN(3)
		left, ended := all[i], all[(i+1)%3]
		left.pause(t)
		ended.pause(t)
		<-time.After(6 * time.Second)
		// What the server does after a minute: a process may have been stopped while it writes.
		server.SQL(t, "postgres", `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE state LIKE 'idle in transaction%' AND state_change < now() - interval '4 s'`)
		left.signal(syscall.SIGCONT)
		endMute(t, program, config, ended.Process.Pid)
		ended.signal(syscall.SIGCONT)
	}
	awaitAsked(t, server, program, config, want)
	duplicates, uncertain := checkHistory(t, program, config, relay, want)
	gapless(t, server)
	t.Logf("%d pauses of two of 3 replicas: %d mails, 0 lost, %d came twice, %d times the outcome was unknown", *pauses, want, duplicates, uncertain)
}

// TestPausedServer stops all processes of PostgreSQL for longer than messages may end without a sign of life.
func TestPausedServer(t *testing.T) {
	long(t)
	t.Parallel()
	server := postgrestest.Start(t)
	relay, port := startSlowRelay(t, 500*time.Millisecond)
	reports := 8 + 8**pauses
	config, program := postgresConfig(t, server, reports, port), binary(t)
	for range 3 {
		startReplica(t, program, config, t.TempDir(), shortLease...)
	}
	want := reports * 3
	for round := range *pauses {
		relay.awaitKept(t, 1 + round*want / *pauses)
		<-time.After(rand.N(500 * time.Millisecond))
		pids := serverPIDs(t, server)
		for _, pid := range pids {
			_ = syscall.Kill(pid, syscall.SIGSTOP)
		}
		<-time.After(time.Duration(3+3*round) * time.Second)
		for _, pid := range pids {
			_ = syscall.Kill(pid, syscall.SIGCONT)
		}
	}
	awaitAsked(t, server, program, config, want)
	duplicates, uncertain := checkHistory(t, program, config, relay, want)
	gapless(t, server)
	t.Logf("%d pauses of the server: %d mails, 0 lost, %d came twice, %d times the outcome was unknown", *pauses, want, duplicates, uncertain)
}

// serverPIDs are the processes of a PostgreSQL server.
func serverPIDs(t *testing.T, server *postgrestest.Server) (pids []int) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(server.Dir, "data", "postmaster.pid"))
	if err != nil {
		t.Fatal(err)
	}
	first, _, _ := strings.Cut(string(text), "\n")
	all, err := filepath.Glob("/proc/[0-9]*")
	if err != nil {
		t.Fatal(err)
	}
	for _, dir := range all {
		pid, _ := strconv.Atoi(filepath.Base(dir))
		if name := filepath.Base(dir); name == first || processStat(pid)[1] == first {
			pids = append(pids, pid)
		}
	}
	if len(pids) < 2 {
		t.Fatalf("the server has the processes %v", pids)
	}
	return pids
}

// TestProcessPausedAtTheDot is ended by the operator before it goes on: it was stopped before it could give the dot, and
// does not give it; or it was stopped after it, and what it hears late is believed.
func TestProcessPausedAtTheDot(t *testing.T) {
	for name, c := range map[string]struct {
		hold       string // what the relay says, and the process does not hear
		duplicates int
	}{"before the dot": {"354 ", 0}, "after the dot": {"250 2.0.0 OK: queued", 1}} {
		t.Run(name, func(t *testing.T) {
			long(t)
			t.Parallel()
			server := postgrestest.Start(t)
			relay, port := startKeepingRelay(t)
			reached, goOn := make(chan struct{}), make(chan struct{})
			var said atomic.Int64
			config, program := postgresConfig(t, server, 3, holdAnswers(t, port, func(line string) {
				if strings.HasPrefix(line, c.hold) && said.Add(1) == 4 {
					close(reached)
					<-goOn
				}
			})), binary(t)
			paused := startReplica(t, program, config, t.TempDir(), shortLease...)
			paused.waitFor(reached, "its fourth message")
			awaitSent(t, server, 8, patience)
			relay.awaitKept(t, 8+c.duplicates)
			paused.pause(t)
			close(goOn)
			startReplica(t, program, config, t.TempDir(), shortLease...)
			endMute(t, program, config, paused.Process.Pid)
			awaitSent(t, server, 9, patience)
			paused.signal(syscall.SIGCONT)
			paused.says("others took this process for dead", 1)
			if duplicates, uncertain := checkHistory(t, program, config, relay, 9); duplicates != c.duplicates || uncertain != 1 {
				t.Errorf("%d came twice, %d were uncertain", duplicates, uncertain)
			}
		})
	}
}

// holdAnswers listens before a relay, and asks before each line that the relay answers.
func holdAnswers(t *testing.T, relay int, ask func(line string)) (port int) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	go func() {
		for {
			client, err := listener.Accept()
			if err != nil {
				return
			}
			server, err := net.Dial("tcp", fmt.Sprintf("127.0.0.1:%d", relay))
			if err != nil {
				client.Close()
				continue
			}
			go func() {
				defer client.Close()
				for lines := bufio.NewReader(server); ; {
					line, err := lines.ReadString('\n')
					if err != nil {
						return
					}
					ask(line)
					if _, err := client.Write([]byte(line)); err != nil {
						return
					}
				}
			}()
			go func() { _, _ = bufio.NewReader(client).WriteTo(server); server.Close() }()
		}
	}()
	return listener.Addr().(*net.TCPAddr).Port
}
