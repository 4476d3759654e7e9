package verify_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"rapport/internal/ledger"
	"rapport/internal/ledger/postgres"
	"rapport/internal/postgrestest"
)

// TestALedgerInPostgreSQLIsVerifiedAsWell.
func TestALedgerInPostgreSQLIsVerifiedAsWell(t *testing.T) {
	if testing.Short() {
		t.Skip("starts a server")
	}
	server, dir := postgrestest.Start(t), t.TempDir()
	l, err := ledger.Open(t.Context(), postgres.New(postgres.Options{URL: server.URL(t, "verify", ""), Dir: t.TempDir()}), ledger.Options{Now: time.Now, Host: "here"})
	must(t, err)
	defer l.Close()
	fill(t, l, dir, 220)
	if faults, shown, sum := look(t, l, dir); len(faults) > 0 || len(shown) != 100 || sum.Files != 660 {
		t.Errorf("%q %d %+v", faults, len(shown), sum)
	}
	must(t, os.WriteFile(filepath.Join(dir, "r07", "2020-01-02", "a.pdf"), nil, 0o600))
	must(t, os.WriteFile(filepath.Join(dir, "r07", "2020-01-02", "b.pdf"), nil, 0o600))
	for _, change := range []string{`UPDATE report_digest SET number = '9' WHERE series = 'r08' AND position = 2`, `DELETE FROM report_digest WHERE series = 'r09' AND position = 1`} {
		must(t, l.Write(t.Context(), func(tx ledger.Tx) error { _, err := tx.Exec(change); return err }))
	}
	got, _, _ := look(t, l, dir)
	for _, want := range []string{"altered 2020-01-02 a.pdf", "altered 2020-01-02 .", "missing 2020-01-02 .", "broken 2020-01-02 .", "foreign 2020-01-02 b.pdf"} {
		if !strings.Contains(strings.Join(got, "\n"), want) {
			t.Errorf("no %s in %q", want, got)
		}
	}
}
