package machines

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"rapport/internal/ledger"
	"rapport/internal/ledger/ledgertest"
	"rapport/internal/postgrestest"
)

// TestAReportOfAnotherMachineIsNotNobodys, as long as that machine was heard of within a day and its file is there.
func TestAReportOfAnotherMachineIsNotNobodys(t *testing.T) {
	server := postgrestest.Start(t)
	url := server.URL(t, "shop", "")
	ours := openAs(t, url, t.TempDir())
	theirs := openAs(t, url, t.TempDir())
	gone := map[string]bool{}
	note := func(l *ledger.Ledger, config string, reports ...string) string {
		t.Helper()
		known, err := Note(t.Context(), l, ledgertest.Account, config, reports, func(path string) bool { return gone[path] })
		must(t, err)
		var said []string
		for _, report := range slices.Sorted(maps.Keys(known.Elsewhere)) {
			said = append(said, report+" "+strings.Join(known.Elsewhere[report], " "))
		}
		for _, report := range slices.Sorted(maps.Keys(known.Dropped)) {
			said = append(said, report+" dropped")
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
	shift := func(by string) {
		t.Helper()
		must(t, ours.Write(t.Context(), func(tx ledger.Tx) error {
			_, err := tx.Exec(by)
			return err
		}))
	}
	shift(`UPDATE report_note SET noted_at = noted_at - 27 * 3600000`)
	if got := note(theirs, "/etc/shop.yaml", "b"); got != "" {
		t.Errorf("after a day they hear of %s", got)
	}
}

// TestWhatLeftAllFilesIsNobodysAfterTenMinutes, as files do not change on all machines at once.
func TestWhatLeftAllFilesIsNobodysAfterTenMinutes(t *testing.T) {
	server := postgrestest.Start(t)
	url := server.URL(t, "shop", "")
	ours, theirs := openAs(t, url, t.TempDir()), openAs(t, url, t.TempDir())
	dropped := func(l *ledger.Ledger, reports ...string) (left []string) {
		t.Helper()
		known, err := Note(t.Context(), l, ledgertest.Account, "/etc/shop.yaml", reports, func(string) bool { return false })
		must(t, err)
		return slices.Sorted(maps.Keys(known.Dropped))
	}
	dropped(ours, "a", "b", "c")
	if got := dropped(ours, "a", "c"); !slices.Equal(got, []string{"b"}) {
		t.Errorf("we hear that %s left", got)
	}
	if got := dropped(ours, "a"); !slices.Equal(got, []string{"b", "c"}) {
		t.Errorf("then that %s left", got)
	}
	if got := dropped(theirs, "a"); !slices.Equal(got, []string{"b", "c"}) {
		t.Errorf("they hear that %s left", got)
	}
	if got := dropped(ours, "a", "b"); !slices.Equal(got, []string{"c"}) {
		t.Errorf("b is back, and %s left", got)
	}
	text := server.SQL(t, "shop", `SELECT substring(dropped from '[0-9]+') FROM rapport.report_note WHERE dropped <> ''`)
	server.SQL(t, "shop", `UPDATE rapport.report_note SET dropped = replace(dropped, '`+text+`', CAST(CAST('`+text+`' AS BIGINT) - 600000 AS TEXT))`)
	if got := dropped(theirs, "a"); got != nil {
		t.Errorf("after ten minutes they hear that %s left", got)
	}
}
