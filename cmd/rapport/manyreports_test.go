//go:build unix

package main

import (
	"bytes"
	"cmp"
	"flag"
	"os/exec"
	"syscall"
	"testing"
	"time"
)

var crowd = flag.Int("crowd", 0, "how many reports are due at once in TestACrowdDueTheSameMinute; 0: some")

// TestACrowdDueTheSameMinute has the real daemon make and mail a crowd of reports that all
// fell due before it began, and stops it when everybody has theirs.
func TestACrowdDueTheSameMinute(t *testing.T) {
	t.Parallel()
	reports := cmp.Or(*crowd, scaled(150, 25))
	relay, port := startKeepingRelay(t)
	relay.full = make(chan struct{})
	relay.want = reports
	configs, program := crowdConfigs(t, reports, port), binary(t)
	cmd := exec.Command(program, append([]string{"serve"}, configs...)...)
	var log bytes.Buffer
	cmd.Stderr = &log
	began := time.Now()
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	select {
	case <-relay.full:
	case err := <-ended:
		t.Fatalf("the daemon ended: %v\n%s", err, log.String())
	}
	took := time.Since(began)
	if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := <-ended; err != nil {
		t.Errorf("SIGTERM ends it with 0: %v\n%s", err, log.String())
	}
	for _, config := range configs {
		if out, err := exec.Command(program, "run", config).CombinedOutput(); err != nil { // what was under way
			t.Errorf("%v: %s", err, out)
		}
	}
	duplicates, uncertain := checkHistory(t, program, configs[0], relay, reports)
	if duplicates+uncertain > 0 {
		t.Errorf("%d came twice, %d uncertain", duplicates, uncertain)
	}
	usage := cmd.ProcessState.SysUsage().(*syscall.Rusage)
	t.Logf("%d reports made and mailed in %s, peak memory %d MB", reports, took.Round(100*time.Millisecond), usage.Maxrss/1024)
}
