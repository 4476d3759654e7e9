package postgres

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"rapport/internal/ledger"
	"rapport/internal/ledger/ledgertest"
	"rapport/internal/postgrestest"
)

// TestABackupThatWasPutBackIsRefused by each machine that saw more, until somebody says that it is as it must be.
func TestABackupThatWasPutBackIsRefused(t *testing.T) {
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
	if !ledger.Unusable(err) || !strings.Contains(err.Error(), "older than it was") {
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
	server := postgrestest.Start(t)
	url, dir := server.URL(t, "shop", ""), t.TempDir()
	l, b := openAs(t, url, dir)
	id := ledgertest.MakeDay(t, l, 1)
	exec(t, b, `UPDATE commit_count SET commits = commits - 2 WHERE writer = $1`, b.writer.name)
	_, err := l.ClaimDelivery(t.Context(), id)
	if !ledger.Unusable(err) || !strings.Contains(err.Error(), "older than it was") {
		t.Errorf("got %v", err)
	}
	if d, err := l.Delivery(t.Context(), id); err != nil || d.Claimed {
		t.Errorf("%+v, %v", d, err)
	}
}

// TestEachLedgerThatIsOpenIsAWriter of its own, and what one counts is no news to itself alone.
func TestEachLedgerThatIsOpenIsAWriter(t *testing.T) {
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

// TestAReportOfAnotherMachineIsNotNobodys, as long as that machine was heard of within a day and its file is there.
func TestAReportOfAnotherMachineIsNotNobodys(t *testing.T) {
	server := postgrestest.Start(t)
	url := server.URL(t, "shop", "")
	ours, us := openAs(t, url, t.TempDir())
	theirs, _ := openAs(t, url, t.TempDir())
	gone := map[string]bool{}
	note := func(l *ledger.Ledger, config string, reports ...string) string {
		t.Helper()
		elsewhere, err := l.KnownElsewhere(t.Context(), ledgertest.Account, config, reports, func(path string) bool { return gone[path] })
		must(t, err)
		var said []string
		for _, report := range slices.Sorted(maps.Keys(elsewhere)) {
			said = append(said, report+" "+strings.Join(elsewhere[report], " "))
		}
		return strings.Join(said, ", ")
	}
	note(ours, "/etc/shop.yaml", "b", "a")
	if got := note(theirs, "/etc/shop.yaml", "b"); got != "a /etc/shop.yaml, b /etc/shop.yaml" {
		t.Errorf("they hear of %s", got)
	}
	before, err := theirs.ChangeCounter(t.Context())
	must(t, err)
	if got := note(ours, "/etc/shop.yaml", "a", "b"); got != "b /etc/shop.yaml" {
		t.Errorf("we hear of %s", got)
	}
	if after, err := theirs.ChangeCounter(t.Context()); err != nil || after != before {
		t.Errorf("what is noted already was written again: %v", err)
	}
	note(ours, "/etc/new.yaml", "a") // where the file was moved to
	gone["/etc/shop.yaml"] = true
	note(ours, "/etc/new.yaml", "a")
	if got := note(theirs, "/etc/shop.yaml", "b"); got != "a /etc/new.yaml" {
		t.Errorf("after the move they hear of %s", got)
	}
	exec(t, us, `UPDATE report_note SET noted_at = noted_at - 27 * 3600000`)
	if got := note(theirs, "/etc/shop.yaml", "b"); got != "" {
		t.Errorf("after a day they hear of %s", got)
	}
}
