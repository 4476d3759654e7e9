//go:build linux

package sqlite

import (
	"bytes"
	"context"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"rapport/internal/ledger"
	"rapport/internal/ledger/database"
	"rapport/internal/ledger/ledgertest"
)

// withMigrations adds migrations to those that are there.
func withMigrations(added ...string) func(*database.Dialect) {
	return func(d *database.Dialect) {
		all := fstest.MapFS{}
		names, err := fs.Glob(d.Migrations, "*.sql")
		if err != nil {
			panic(err)
		}
		for _, name := range names {
			text, err := fs.ReadFile(d.Migrations, name)
			if err != nil {
				panic(err)
			}
			all[name] = &fstest.MapFile{Data: text}
		}
		for i, text := range added {
			all[more(i+1)] = &fstest.MapFile{Data: []byte(text)}
		}
		d.Migrations = all
	}
}

// migrationNames are those that are there, in their order.
func migrationNames() []string {
	names, err := fs.Glob(migrations, "migrations/*.sql")
	if err != nil {
		panic(err)
	}
	return names
}

// more names the n'th migration after the newest.
func more(n int) string {
	names := migrationNames()
	number := 0
	if _, err := fmt.Sscanf(filepath.Base(names[len(names)-1]), "%04d_", &number); err != nil {
		panic(err)
	}
	return fmt.Sprintf("%04d_more.sql", number+n)
}

// copied is where the ledger is copied before what comes after the newest migration.
func copied(path string) string { return fmt.Sprintf("%s.v%d", path, len(migrationNames())) }

const second = `ALTER TABLE period ADD COLUMN remark TEXT NOT NULL DEFAULT 'none'; UPDATE period SET remark = name;`

func TestAnOldLedgerIsBroughtForwardAfterACopy(t *testing.T) {
	t.Parallel()
	path := written(t, 3)
	b := &spied{Backend: New(path), change: withMigrations(second)}
	l, err := ledger.Open(context.Background(), b, ledgertest.Options())
	must(t, err)
	var n int
	must(t, b.db.QueryRow(`SELECT count(*) FROM period WHERE remark = name`).Scan(&n))
	all, err := l.Deliveries(context.Background(), ledger.Filter{State: "sent"})
	must(t, err)
	if n != 3 || len(all) != 3 {
		t.Errorf("%d periods, %d deliveries", n, len(all))
	}
	must(t, l.Close())
	refused(t, path, more(1))
	before := mustOpen(t, copied(path))
	all, err = before.Deliveries(context.Background(), ledger.Filter{State: "sent"})
	must(t, err)
	if len(all) != 3 {
		t.Errorf("the copy has %d deliveries", len(all))
	}
	info, err := os.Stat(copied(path))
	must(t, err)
	if info.Mode() != 0o600 {
		t.Errorf("the copy is %s", info.Mode())
	}
	l, err = openChanged(path, withMigrations(second))
	must(t, err)
	must(t, l.Close())
}

func TestAMigrationThatFailsChangesNothing(t *testing.T) {
	t.Parallel()
	path := written(t, 1)
	before := readFile(t, path)
	for range 2 { // the second time there is a copy already
		_, err := openChanged(path, withMigrations(second, `CREATE TABLE x (id INTEGER); INSERT INTO nowhere VALUES (1)`))
		if err == nil || !strings.Contains(err.Error(), more(2)) || database.Unusable(err) {
			t.Errorf("got %v", err)
		}
	}
	if !bytes.Equal(readFile(t, path), before) {
		t.Error("the file was changed")
	}
	ledgertest.MakeDay(t, mustOpen(t, path), 9)
}

// migrateSlowly takes longer than the test that kills it.
func migrateSlowly(path string) error {
	_, err := openChanged(path, withMigrations(second+`
		WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000000000)
		INSERT INTO message_content (period_id, body) SELECT -i, zeroblob(10000) FROM n;`))
	return err
}

func TestAMigrationThatIsKilledIsAsIfItHadNotBegun(t *testing.T) {
	t.Parallel()
	path := written(t, 3)
	cmd, lines := child(t, "migrant", path)
	ended := make(chan string, 1)
	go func() {
		lines.Scan()
		ended <- lines.Text()
	}()
	for middle := false; !middle; { // when the log holds some of what it does
		select {
		case said := <-ended:
			t.Fatalf("it ended before it could be killed: %s", said)
		case <-time.After(time.Millisecond):
			info, err := os.Stat(path + "-wal")
			middle = err == nil && info.Size() > 1<<20
		}
	}
	kill(t, cmd)
	l := mustOpen(t, path)
	all, err := l.Deliveries(context.Background(), ledger.Filter{State: "sent"})
	must(t, err)
	if len(all) != 3 {
		t.Errorf("%d deliveries", len(all))
	}
	ledgertest.MakeDay(t, l, 9)
}

func TestNoTwoOpenersMigrateAtOnce(t *testing.T) {
	t.Parallel()
	path := written(t, 1)
	done := make(chan error)
	for range 20 {
		go func() {
			l, err := openChanged(path, withMigrations(second))
			if err == nil {
				err = l.Close()
			}
			done <- err
		}()
	}
	for range 20 {
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
}

func TestALedgerIsNotOpenedWithMigrationsThatAreWrong(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "rapport.db")
	if _, err := openChanged(path, func(d *database.Dialect) { d.Migrations = fstest.MapFS{"x.sql": {}} }); err == nil {
		t.Error("opened")
	}
}
