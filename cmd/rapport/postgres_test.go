package main

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"rapport/internal/objectstore/s3test"
	"rapport/internal/postgrestest"
)

// postgresConfig is killConfig with its ledger in a database of the server.
func postgresConfig(t *testing.T, server *postgrestest.Server, reports, port int) (path string) {
	t.Helper()
	dir, path := killConfig(t, reports, port)
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	text = append([]byte("state: "+server.URL(t, "shop", "")+"\narchive: "+filepath.Join(dir, "shared")+"\n"), text...)
	if err := os.WriteFile(path, text, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// TestKillOfTwoMachines kills the real program at random moments on two machines that share a PostgreSQL server and an
// archive: nothing is lost, and what came twice was counted.
func TestKillOfTwoMachines(t *testing.T) {
	long(t)
	t.Parallel()
	killTwoMachines(t, func(string) {})
}

// TestKillOfTwoMachinesWithAStore: their archive is in a store, and has each report once, sealed.
func TestKillOfTwoMachinesWithAStore(t *testing.T) {
	long(t)
	t.Parallel()
	store := s3test.New(t)
	reports := killTwoMachines(t, func(config string) { archiveInStore(t, config, store) })
	files := map[string]int{}
	for _, key := range store.Keys() {
		if parts := strings.Split(key, "/"); len(parts) == 4 && parts[2] != ".made" { // fjord/<report>/<period>/<file>
			files[parts[1]+"/"+parts[2]]++
			data, _ := store.Object(key)
			if len(data) == 0 {
				t.Errorf("%s is empty", key)
			}
		}
	}
	for period, n := range files {
		if n != 2 {
			t.Errorf("%s has %d objects, want the CSV and its seal", period, n)
		}
	}
	if len(files) != reports {
		t.Errorf("the store has %d periods of %d", len(files), reports)
	}
}

// archiveInStore has a configuration keep its archive in a store.
func archiveInStore(t *testing.T, config string, store *s3test.Store) {
	t.Helper()
	text, err := os.ReadFile(config)
	if err != nil {
		t.Fatal(err)
	}
	lines := slices.DeleteFunc(strings.SplitAfter(string(text), "\n"), func(line string) bool { return strings.HasPrefix(line, "archive:") })
	block := "archive: {s3: {bucket: " + s3test.Bucket + ", prefix: fjord, endpoint: '" + store.URL + "', access_key: {file: s3.access}, secret_key: {file: s3.secret}}}\n"
	for path, text := range map[string]string{
		config: block + strings.Join(lines, ""),
		filepath.Join(filepath.Dir(config), "s3.access"): s3test.AccessKey, filepath.Join(filepath.Dir(config), "s3.secret"): s3test.SecretKey,
	} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// killTwoMachines says how many periods were made in the end.
func killTwoMachines(t *testing.T, change func(config string)) (made int) {
	t.Helper()
	server := postgrestest.Start(t)
	relay, port := startKeepingRelay(t)
	config, program := postgresConfig(t, server, 4, port), binary(t)
	change(config)
	machines := []string{t.TempDir(), t.TempDir()}
	day := time.Date(2026, 11, 20, 6, 30, 0, 0, time.UTC)
	var said bytes.Buffer // by the last one that was alone
	run := func(ctx context.Context, machine string, more ...string) error {
		cmd := exec.CommandContext(ctx, program, append([]string{"run", config, "--now", day.Format(time.RFC3339)}, more...)...)
		cmd.Env = append(os.Environ(), "STATE_DIRECTORY="+machine)
		cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGKILL) }
		var own bytes.Buffer
		cmd.Stderr = &own
		err := cmd.Run()
		if ctx == t.Context() {
			said = own
		}
		var ended *exec.ExitError
		if errors.As(err, &ended) && ended.Exited() && ended.ExitCode() != exitWaiting && ended.ExitCode() != exitFailed { // what was left yesterday has waited for a day
			t.Errorf("exit code %d: %s", ended.ExitCode(), own.String())
		}
		return err
	}
	began := time.Now()
	if err := run(t.Context(), machines[0]); err != nil {
		t.Fatalf("%v: %s", err, said.String())
	}
	whole := time.Since(began)
	days, killed := 1, 0
	for killed < cmp.Or(*kills, scaled(8, 6)) && !t.Failed() {
		day = day.AddDate(0, 0, 1)
		days++
		for round, done := 0, false; !done; round++ {
			errs := make([]error, len(machines))
			var both sync.WaitGroup
			for i, machine := range machines {
				patience := time.Duration(rand.Int64N(int64(whole) * int64(6+round) / 4)) // and in the end they are let be
				both.Go(func() {
					ctx, cancel := context.WithTimeout(t.Context(), patience)
					defer cancel()
					errs[i] = run(ctx, machine)
				})
			}
			both.Wait()
			done = true
			for _, err := range errs {
				if err != nil && !cmdEnded(err) {
					done = false
					killed++
				}
			}
		}
	}
	all := "2026-11-19.." + day.AddDate(0, 0, -1).Format(time.DateOnly)
	for i := 0; ; i++ {
		err := errors.Join(run(t.Context(), machines[1], "--period", all), run(t.Context(), machines[0], "--period", all))
		if err == nil {
			break
		} else if i == 5 {
			t.Fatalf("%v: %s", err, said.String())
		}
	}
	duplicates, uncertain := checkHistory(t, program, config, relay, days*4*3)
	numbers := server.SQL(t, "shop", `SELECT string_agg(report || ' ' || number, ',') FROM (SELECT report, number FROM rapport.period GROUP BY report, number HAVING count(*) > 1) twice`)
	if numbers != "" {
		t.Errorf("numbers given twice: %s", numbers)
	}
	if gaps := server.SQL(t, "shop", `SELECT count(*) FROM (SELECT report FROM rapport.period GROUP BY report HAVING max(number) <> count(*)) gaps`); gaps != "0" {
		t.Errorf("%s reports have gaps in their numbers", gaps)
	}
	t.Logf("%d kills over %d days of %s each: %d mails, 0 lost, %d came twice, %d times the outcome was unknown", killed, days, whole.Round(time.Millisecond), days*4*3, duplicates, uncertain)
	return days * 4
}

// TestADatabasesPasswordIsShownNowhere, whether it lets us in or not.
func TestADatabasesPasswordIsShownNowhere(t *testing.T) {
	t.Parallel()
	server := postgrestest.Start(t)
	_, port := startKeepingRelay(t)
	config := postgresConfig(t, server, 1, port)
	server.SQL(t, "postgres", `CREATE ROLE shop LOGIN PASSWORD 'hunter2'`)
	server.SQL(t, "postgres", `ALTER DATABASE shop OWNER TO shop`)
	server.RequirePasswords(t, "shop")
	text, err := os.ReadFile(config)
	if err != nil {
		t.Fatal(err)
	}
	old, _, _ := strings.Cut(string(text), "\n")
	address := strings.Replace(strings.TrimPrefix(old, "state: "), "rapport@", "shop@", 1)
	text = []byte(strings.Replace(string(text), old, "state: {url: '"+address+"', password: {env: SHOP_PG}}", 1))
	if err := os.WriteFile(config, text, 0o600); err != nil {
		t.Fatal(err)
	}
	program := binary(t)
	for _, c := range []struct {
		password string
		code     int
		says     string
	}{{"hunter2", exitDone, "answers, and the first run makes it"}, {"hunter3", exitConfig, "the server refuses us"}, {"", exitConfig, "SHOP_PG is not set"}} {
		cmd := exec.Command(program, "check", "--online", config)
		cmd.Env = append(os.Environ(), "SHOP_PG="+c.password)
		out, _ := cmd.CombinedOutput()
		if code := cmd.ProcessState.ExitCode(); code != c.code || !strings.Contains(string(out), c.says) || strings.Contains(string(out), "hunter") {
			t.Errorf("with %q: exit code %d, %s", c.password, code, out)
		}
	}
}

// TestAMachineWithAnOlderFileCancelsNothing that a newer file on another machine has: neither a report nor a recipient.
func TestAMachineWithAnOlderFileCancelsNothing(t *testing.T) {
	t.Parallel()
	server := postgrestest.Start(t)
	relay, port := startKeepingRelay(t)
	config, program := postgresConfig(t, server, 2, port), binary(t)
	newer, err := os.ReadFile(config)
	if err != nil {
		t.Fatal(err)
	}
	machines := []string{t.TempDir(), t.TempDir()}
	run := func(machine int, text string, code int) {
		t.Helper()
		if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		cmd := exec.Command(program, "run", config, "--now", "2026-11-20T06:30")
		cmd.Env = append(os.Environ(), "STATE_DIRECTORY="+machines[machine])
		if out, _ := cmd.CombinedOutput(); cmd.ProcessState.ExitCode() != code {
			t.Fatalf("exit code %d, want %d: %s", cmd.ProcessState.ExitCode(), code, out)
		}
	}
	silent := strings.Replace(string(newer), "port: ", "port: 1 #", 1)
	_, rest, _ := strings.Cut(silent, "#")
	silent = strings.Replace(silent, "#"+rest[:strings.Index(rest, ",")], "", 1)
	run(0, silent, exitWaiting) // all is made, and waits for the relay
	older := strings.Replace(string(newer)[:strings.Index(string(newer), "  - {id: r1,")], ", c0@x.example", "", 1)
	run(1, older, exitWaiting) // for the machine that knows the third recipient
	run(0, string(newer), exitDone)
	if duplicates, uncertain := checkHistory(t, program, config, relay, 2*3); duplicates+uncertain > 0 {
		t.Errorf("%d came twice, %d were uncertain", duplicates, uncertain)
	}
	run(0, older, exitDone) // the report has left the file here, and the other machine never had it
	if left := server.SQL(t, "shop", `SELECT DISTINCT replace(reports, chr(10), ', ') FROM rapport.report_note`); left != "r0, r0 a0@x.example, r0 b0@x.example" {
		t.Errorf("known are %s", left)
	}
}
