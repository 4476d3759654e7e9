//go:build linux

package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"rapport/internal/ledger"
	"rapport/internal/ledger/database"
	"rapport/internal/ledger/ledgertest"
)

// shrink leaves the ledger no room to grow.
func shrink(t *testing.T, db *sql.DB) {
	t.Helper()
	var pages int
	must(t, db.QueryRow(`PRAGMA page_count`).Scan(&pages))
	var bound int
	must(t, db.QueryRow(fmt.Sprintf(`PRAGMA max_page_count = %d`, pages)).Scan(&bound))
}

func TestWhatCannotBeWrittenDownIsAnError(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "rapport.db")
	ctx := context.Background()
	l, b := openSpied(t, path)
	id := ledgertest.MakeDay(t, l, 0)
	claimed, err := l.ClaimDelivery(ctx, id)
	must(t, err)
	shrink(t, b.db)
	var full error
	for n := range 1000 {
		err := l.Raise(ctx, ledger.Alarm{Account: ledgertest.Account, Kind: "kind", Subject: fmt.Sprint(n), Text: strings.Repeat("x", 3000), Raised: ledgertest.Now()})
		if err != nil {
			full = err
			break
		}
	}
	if full == nil || database.Unusable(full) || !strings.Contains(full.Error(), "the disk is full") {
		t.Fatalf("got %v", full)
	}
	before, err := l.Delivery(ctx, id)
	must(t, err)
	// Growing is what fails: a long answer in a full file.
	err = l.Finish(ctx, claimed.Claim, ledger.Result{At: ledgertest.Now(), State: ledger.Deferred, Answer: strings.Repeat("long ", 10000)})
	if err == nil || database.Unusable(err) {
		t.Errorf("finished: %v", err)
	}
	after, err := l.Delivery(ctx, id)
	must(t, err)
	if before != after {
		t.Errorf("changed to %+v", after)
	}
	if _, err := os.Stat(path + "-ballast"); err == nil {
		t.Error("the ballast was kept")
	}
	var bound int
	must(t, b.db.QueryRow(`PRAGMA max_page_count = 100000`).Scan(&bound))
	must(t, l.Finish(ctx, claimed.Claim, ledger.Result{At: ledgertest.Now(), State: ledger.Deferred}))
	must(t, l.Close())
	must(t, mustOpen(t, path).Close())
	if info, err := os.Stat(path + "-ballast"); err != nil || info.Size() != reserveSize {
		t.Errorf("the ballast was not put back: %v", err)
	}
}

func TestTheReserveIsPutBackWhileTheLedgerIsOpen(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "rapport.db")
		l, b := openSpied(t, path)
		_, err := l.ClaimDelivery(t.Context(), ledgertest.MakeDay(t, l, 0))
		must(t, err)
		if !b.FreeReserve() {
			t.Error("there was none")
		}
		<-time.After(2 * time.Minute)
		if info, err := os.Stat(path + "-ballast"); err != nil || info.Size() != reserveSize {
			t.Errorf("it was not put back: %v", err)
		}
	})
}

// fillDisk works on a file system of its own, of 2 MB, until that is full.
func fillDisk(dir string) error {
	if err := syscall.Mount("none", dir, "tmpfs", 0, "size=2m"); err != nil {
		fmt.Println("cannot mount:", err)
		return nil
	}
	ctx := context.Background()
	path := filepath.Join(dir, "rapport.db")
	l, err := openLedger(ctx, path, ledgertest.Options())
	if err != nil {
		return err
	}
	claimed, err := claimOne(l)
	if err != nil {
		return err
	}
	if err := l.MarkSending(ctx, claimed.Claim, ledgertest.Now()); err != nil {
		return err
	}
	if err := fillUp(filepath.Join(dir, "heavy")); err != nil {
		return err
	}
	// Nothing new can be begun …
	for n := 0; ; n++ {
		err := l.Raise(ctx, ledger.Alarm{Account: ledgertest.Account, Kind: "kind", Subject: fmt.Sprint(n), Text: strings.Repeat("x", 3000), Raised: ledgertest.Now()})
		if classOf(err) == database.Full {
			break
		}
		if err != nil || n > 1000 {
			return fmt.Errorf("raise %d: %w", n, err)
		}
	}
	// … but what has happened is written down.
	if err := l.Finish(ctx, claimed.Claim, ledger.Result{At: ledgertest.Now(), State: ledger.Sent, Answer: strings.Repeat("y", 3000)}); err != nil {
		return err
	}
	if _, err := os.Stat(path + "-ballast"); err == nil {
		return errors.New("the ballast was not needed")
	}
	if err := errors.Join(l.Close(), os.Remove(filepath.Join(dir, "heavy"))); err != nil {
		return err
	}
	if l, err = openLedger(ctx, path, ledgertest.Options()); err != nil {
		return err
	}
	d, err := l.Delivery(ctx, claimed.ID)
	if err != nil {
		return err
	}
	if _, err := os.Stat(path + "-ballast"); err != nil {
		return err
	}
	fmt.Println("it is", d.State)
	return l.Close()
}

func claimOne(l *ledger.Ledger) (d ledger.Delivery, err error) {
	ctx := context.Background()
	rows, err := l.Plan(ctx, []ledger.Planned{{Key: ledger.Key{Account: ledgertest.Account, Report: "r", From: ledgertest.Now().AddDate(0, 0, -1), To: ledgertest.Now()}, State: ledger.Owed}})
	if err != nil {
		return d, err
	}
	p, err := l.ClaimPeriod(ctx, rows[0].ID)
	if err != nil {
		return d, err
	}
	if err := l.RecordMade(ctx, p.Claim, ledger.MadePeriod{At: ledgertest.Now(), Deliveries: []ledger.NewDelivery{{Recipient: "a@x.no"}}}); err != nil {
		return d, err
	}
	all, err := l.Unsent(ctx, ledgertest.Account)
	if err != nil {
		return d, err
	}
	return l.ClaimDelivery(ctx, all[0].ID)
}

func fillUp(path string) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	for size := 1 << 16; size > 0; {
		if _, err := f.Write(make([]byte, size)); err != nil {
			size /= 2
		}
	}
	return f.Close()
}

func TestOnAFullDiskWhatHappenedIsWrittenDown(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	exe, err := os.Executable()
	must(t, err)
	cmd := exec.Command(exe)
	cmd.Env = append(os.Environ(), "LEDGER_TEST_ROLE=full", "LEDGER_TEST_PATH="+dir)
	ownMounts(cmd)
	out, err := cmd.CombinedOutput()
	if errors.Is(err, syscall.EPERM) || errors.Is(err, syscall.EINVAL) || strings.Contains(string(out), "cannot mount") {
		t.Skipf("no small file system can be mounted here: %v %s", err, out)
	}
	if err != nil || string(out) != "it is sent\n" {
		t.Errorf("%v: %s", err, out)
	}
}
