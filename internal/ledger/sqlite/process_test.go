//go:build linux

package sqlite

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"rapport/internal/ledger"
	"rapport/internal/ledger/ledgertest"
)

// A test that needs another process starts this program again, with what it is to do.
func TestMain(m *testing.M) {
	switch path := os.Getenv("LEDGER_TEST_PATH"); os.Getenv("LEDGER_TEST_ROLE") {
	case "":
		os.Exit(m.Run())
	case "worker":
		finish(work(path))
	case "sender":
		finish(sendForever(path))
	case "migrant":
		finish(migrateSlowly(path))
	case "full":
		finish(fillDisk(path))
	}
}

func finish(err error) {
	if err != nil {
		fmt.Println("failed:", err)
		os.Exit(1)
	}
	os.Exit(0)
}

// child starts this program in a role. Lines are what it prints.
func child(t *testing.T, role, path string) (cmd *exec.Cmd, lines *bufio.Scanner) {
	t.Helper()
	exe, err := os.Executable()
	must(t, err)
	cmd = exec.Command(exe)
	cmd.Env = append(os.Environ(), "LEDGER_TEST_ROLE="+role, "LEDGER_TEST_PATH="+path)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	must(t, err)
	must(t, cmd.Start())
	t.Cleanup(func() {
		if cmd.ProcessState == nil {
			_ = cmd.Process.Kill()
			_ = cmd.Wait()
		}
	})
	return cmd, bufio.NewScanner(out)
}

func kill(t *testing.T, cmd *exec.Cmd) {
	t.Helper()
	must(t, cmd.Process.Signal(syscall.SIGKILL))
	_ = cmd.Wait() // says that it was killed
}

// work claims and sends what it can, and prints the ids.
func work(path string) error {
	ctx := context.Background()
	l, err := openLedger(ctx, path, ledgertest.Options())
	if err != nil {
		return err
	}
	rows, err := l.Unsent(ctx, ledgertest.Account)
	if err != nil {
		return err
	}
	for _, row := range rows {
		row, err := l.ClaimDelivery(ctx, row.ID)
		var locked *ledger.LockedError
		if errors.Is(err, ledger.ErrOver) || errors.As(err, &locked) {
			continue
		}
		if err == nil {
			err = l.MarkSending(ctx, row.Claim, ledgertest.Now())
		}
		if err == nil {
			fmt.Println(row.ID)
			err = l.Finish(ctx, row.Claim, ledger.Result{At: ledgertest.Now(), State: ledger.Sent})
		}
		if err != nil {
			return err
		}
	}
	return l.Close()
}

func TestTwoProcessesSendNothingTwice(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "rapport.db")
	l := mustOpen(t, path)
	for day := range days {
		ledgertest.MakeDay(t, l, day)
	}
	times := map[string]int{}
	one, first := child(t, "worker", path)
	two, second := child(t, "worker", path)
	for _, lines := range []*bufio.Scanner{first, second} {
		for lines.Scan() {
			times[lines.Text()]++
		}
	}
	must(t, errors.Join(one.Wait(), two.Wait()))
	if len(times) != days {
		t.Errorf("%d were sent", len(times))
	}
	for id, n := range times {
		if n != 1 {
			t.Errorf("%s: %d times", id, n)
		}
	}
}

// sendForever says what it is about to do and what it did, until it is killed.
func sendForever(path string) error {
	ctx := context.Background()
	l, err := openLedger(ctx, path, ledgertest.Options())
	if err != nil {
		return err
	}
	if _, err := l.Reap(ctx); err != nil {
		return err
	}
	for {
		rows, err := l.Unsent(ctx, ledgertest.Account)
		if err != nil {
			return err
		}
		for _, row := range rows {
			row, err := l.ClaimDelivery(ctx, row.ID)
			if err != nil {
				return err
			}
			if err := l.MarkSending(ctx, row.Claim, ledgertest.Now()); err != nil {
				return err
			}
			fmt.Println("data", row.ID)
			if err := l.Finish(ctx, row.Claim, ledger.Result{At: ledgertest.Now(), State: ledger.Deferred}); err != nil {
				return err
			}
			fmt.Println("done", row.ID)
		}
	}
}

func TestAKilledProcessLosesNothingAndItsClaimsAreFreeAtOnce(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "rapport.db")
	ctx := context.Background()
	l := mustOpen(t, path)
	for day := range 5 {
		ledgertest.MakeDay(t, l, day)
	}
	data, uncertain := map[int64]int{}, map[int64]int{}
	for round := range rounds {
		cmd, lines := child(t, "sender", path)
		last := ""
		for n := 0; n < 20+round*7 && lines.Scan(); n++ {
			last = count(t, lines.Text(), data)
		}
		kill(t, cmd)
		for lines.Scan() { // what it still said
			last = count(t, lines.Text(), data)
		}
		freed, err := l.Reap(ctx)
		must(t, err)
		for _, d := range freed.Uncertain {
			uncertain[d.ID]++
			if d.Uncertain != uncertain[d.ID] {
				t.Errorf("round %d: delivery %d was uncertain %d times, and counts %d", round, d.ID, uncertain[d.ID], d.Uncertain)
			}
		}
		if strings.HasPrefix(last, "data") && len(freed.Uncertain) > 1 {
			t.Errorf("round %d: %d uncertain", round, len(freed.Uncertain))
		}
		rows, err := l.Unsent(ctx, ledgertest.Account)
		must(t, err)
		for _, row := range rows {
			if row.Claimed || row.State == ledger.Sending {
				t.Errorf("round %d: %+v", round, row)
			}
			// Each message that the relay got was intended first, and is remembered.
			if row.Attempts < data[row.ID] || row.Attempts > data[row.ID]+round+1 {
				t.Errorf("round %d: delivery %d: %d tries, %d messages", round, row.ID, row.Attempts, data[row.ID])
			}
		}
	}
	left, err := filepath.Glob(path + "-locks/*")
	must(t, err)
	if len(left) > 2 { // the door, and who made the days
		t.Errorf("left behind: %s", left)
	}
}

func count(t *testing.T, line string, data map[int64]int) string {
	t.Helper()
	what, id, _ := strings.Cut(line, " ")
	if what == "failed:" {
		t.Error(line)
	}
	n, err := strconv.ParseInt(id, 10, 64)
	if err != nil {
		return "" // cut off by the kill
	}
	if what == "data" {
		data[n]++
	}
	return line
}

func TestAProcessThatWasKilledWhileItClaimedIsNotWaitedFor(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "rapport.db")
	l := mustOpen(t, path)
	id := ledgertest.MakeDay(t, l, 1)
	cmd, lines := child(t, "sender", path)
	for lines.Scan() && !strings.HasPrefix(lines.Text(), "data") {
		continue
	}
	must(t, cmd.Process.Signal(syscall.SIGSTOP)) // it lives, and does nothing
	if _, err := l.Reap(context.Background()); err != nil {
		t.Errorf("beside one that hangs: %v", err)
	}
	kill(t, cmd)
	past := ledger.Options{Now: func() time.Time { return ledgertest.Now().AddDate(-1, 0, 0) }, Host: "here"}
	other, err := openLedger(context.Background(), path, past)
	must(t, err)
	defer other.Close()
	_, err = other.Reap(context.Background())
	must(t, err)
	if _, err := other.ClaimDelivery(context.Background(), id); err != nil {
		t.Error(err)
	}
}

// TestAProcessWithNothingToDoWritesNothing, and leaves no lock behind: a timer starts one every
// few minutes.
func TestAProcessWithNothingToDoWritesNothing(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "rapport.db")
	ctx := t.Context()
	watching := mustOpen(t, path)
	ledgertest.SendDay(t, watching, ledgertest.MakeDay(t, watching, 0))
	must(t, watching.Close())
	watching = mustOpen(t, path)
	before, err := watching.ChangeCounter(ctx)
	must(t, err)
	l := mustOpen(t, path)
	ready := ledger.Ready{Account: ledgertest.Account, Config: "rapport.yaml", Now: ledgertest.Now()}
	must(t, l.TryNow(ctx, ready))
	batch, err := l.ClaimNextPeriods(ctx, ready, 16, func(ledger.Period) any { return nil })
	must(t, err)
	_, found, err := l.ClaimNextDelivery(ctx, ready, false)
	must(t, err)
	alarms, _, err := l.ClaimAlarms(ctx, ledgertest.Account, "", ledgertest.Now(), 10)
	must(t, err)
	if len(batch) > 0 || found || len(alarms) > 0 {
		t.Error("there is something to do")
	}
	must(t, l.Close())
	if after, err := watching.ChangeCounter(ctx); err != nil || after != before {
		t.Errorf("it wrote: %v", err)
	}
	left, err := filepath.Glob(path + "-locks/*")
	must(t, err)
	if len(left) != 1 { // who opens
		t.Errorf("left behind: %s", left)
	}
}
