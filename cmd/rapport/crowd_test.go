package main

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

var crowd = flag.Int("crowd", 0, "how many reports are due at once in TestACrowdDueTheSameMinute; 0: some")

// crowdConfigs has so many daily reports, each of a store and to a person of its own, in
// files of a thousand.
func crowdConfigs(t *testing.T, n, port int) (paths []string) {
	t.Helper()
	dir, stores := t.TempDir(), []string{"sc029", "sc031", "sc044", "sc058"}
	for first := 0; first < n; first += 1000 {
		var text strings.Builder
		fmt.Fprintf(&text, `account: T12345678
source: {sandbox: {seed: 1}}
mail:
  from: Fjordfisk rapport <rapport@fjordfisk.example>
  smtp: {host: 127.0.0.1, port: %d, tls: none, helo: test.example}
listen: 127.0.0.1:0
reports:
`, port)
		for i := first; i < min(n, first+1000); i++ {
			fmt.Fprintf(&text, "  - {id: r%d, dataType: checkout/transactions, schedule: daily, language: no, contentTypes: [application/pdf, text/csv], reportFilters: [{filter: store_id, value: %s}], emails: [p%d@x.example]}\n",
				i, stores[i%len(stores)], i)
		}
		paths = append(paths, filepath.Join(dir, fmt.Sprintf("shop%d.yaml", first)))
		if err := os.WriteFile(paths[len(paths)-1], []byte(text.String()), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return paths
}

// TestACrowdDueTheSameMinute has the real daemon make and mail a crowd of reports that all
// fell due before it began, and stops it when everybody has theirs.
func TestACrowdDueTheSameMinute(t *testing.T) {
	if *crowd == 0 {
		*crowd = scaled(150, 25)
	}
	relay, port := startKeeper(t)
	relay.full = make(chan struct{})
	relay.want = *crowd
	configs, program := crowdConfigs(t, *crowd, port), binary(t)
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
	duplicates, uncertain := checkHistory(t, program, configs[0], relay, *crowd)
	if duplicates+uncertain > 0 {
		t.Errorf("%d came twice, %d uncertain", duplicates, uncertain)
	}
	usage := cmd.ProcessState.SysUsage().(*syscall.Rusage)
	t.Logf("%d reports made and mailed in %s, peak memory %d MB", *crowd, took.Round(100*time.Millisecond), usage.Maxrss/1024)
}
