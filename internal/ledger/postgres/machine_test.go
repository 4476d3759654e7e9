package postgres

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"rapport/internal/ledger/database"
	"rapport/internal/ledger/ledgertest"
	"rapport/internal/postgrestest"
)

// TestABackupThatWasPutBackIsRefused by each machine that saw more, until somebody says that it is as it must be.
func TestABackupThatWasPutBackIsRefused(t *testing.T) {
	t.Parallel()
	server := postgrestest.Start(t)
	url, here, there, late := server.URL(t, "shop", ""), t.TempDir(), t.TempDir(), t.TempDir()
	for _, dir := range []string{here, there} {
		l, _ := openAs(t, url, dir)
		must(t, l.Close())
	}
	l, _ := openAs(t, url, here)
	id := ledgertest.MakeDay(t, l, 1)
	must(t, l.Close())
	server.SQL(t, "postgres", `CREATE DATABASE backup TEMPLATE shop`)
	l, _ = openAs(t, url, here)
	ledgertest.SendDay(t, l, id)
	must(t, l.Close())
	server.SQL(t, "postgres", `DROP DATABASE shop`)
	server.SQL(t, "postgres", `ALTER DATABASE backup RENAME TO shop`)
	err := refusal(t, Options{URL: url, Dir: here}, false)
	if !database.Unusable(err) || !strings.Contains(err.Error(), "older than it was") {
		t.Errorf("got %v", err)
	}
	for _, dir := range []string{there, late} { // what these did is in it
		l, _ := openAs(t, url, dir)
		must(t, l.Close())
	}
	named, err := filepath.Glob(filepath.Join(here, "writer-*"))
	must(t, err)
	if len(named) != 1 {
		t.Fatal(named)
	}
	must(t, os.Remove(named[0]))
	l, _ = openAs(t, url, here)
	ledgertest.SendDay(t, l, id)
}

// TestAStandbyThatHadNotHeardOfUsIsFoundOut in the middle of work: nothing more is written.
func TestAStandbyThatHadNotHeardOfUsIsFoundOut(t *testing.T) {
	t.Parallel()
	server := postgrestest.Start(t)
	url, dir := server.URL(t, "shop", ""), t.TempDir()
	l, b := openAs(t, url, dir)
	id := ledgertest.MakeDay(t, l, 1)
	exec(t, b, `UPDATE commit_count SET commits = commits - 2 WHERE writer = $1`, b.writer.name)
	_, err := l.ClaimDelivery(t.Context(), id)
	if !database.Unusable(err) || !strings.Contains(err.Error(), "older than it was") {
		t.Errorf("got %v", err)
	}
	if d, err := l.Delivery(t.Context(), id); err != nil || d.Claimed {
		t.Errorf("%+v, %v", d, err)
	}
}

// TestEachLedgerThatIsOpenIsAWriter of its own, and what one counts is no news to itself alone.
func TestEachLedgerThatIsOpenIsAWriter(t *testing.T) {
	t.Parallel()
	server := postgrestest.Start(t)
	url, dir := server.URL(t, "shop", ""), t.TempDir()
	first, a := openAs(t, url, dir)
	_, b := openAs(t, url, dir)
	_, c := openAs(t, url, t.TempDir())
	if a.writer.name == b.writer.name || b.writer.name == c.writer.name || !strings.HasPrefix(b.writer.name, a.machine.id) {
		t.Errorf("%s, %s, %s", a.writer.name, b.writer.name, c.writer.name)
	}
	was := a.writer.name
	must(t, first.Close())
	if _, again := openAs(t, url, dir); again.writer.name != was {
		t.Errorf("%s was not taken again, but %s", was, again.writer.name)
	}
}
