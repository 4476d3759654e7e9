package postgres

import (
	"context"
	"errors"
	"io/fs"
	"strings"
	"testing"

	"rapport/internal/ledger"
	"rapport/internal/ledger/database"
	"rapport/internal/ledger/ledgertest"
	"rapport/internal/postgrestest"
)

func TestWhatIsNoLedgerIsLeftAsItIs(t *testing.T) {
	t.Parallel()
	server := postgrestest.Start(t)
	url, dir := server.URL(t, "shop", ""), t.TempDir()
	if err := refusal(t, Options{URL: url, Dir: dir}, true); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("none: %v", err)
	}
	server.SQL(t, "shop", `CREATE SCHEMA other; CREATE TABLE other.things (id BIGINT)`)
	if err := refusal(t, Options{URL: url + "&search_path=other", Dir: dir}, false); !database.Unusable(err) || !strings.Contains(err.Error(), "no ledger") {
		t.Errorf("foreign: %v", err)
	}
	if got := server.SQL(t, "shop", `SELECT string_agg(relname, ' ') FROM pg_class WHERE relnamespace = 'other'::regnamespace`); got != "things" {
		t.Errorf("it holds %s", got)
	}
	if err := refusal(t, Options{URL: server.Address("nowhere"), Dir: dir}, false); !database.Unusable(err) || !strings.Contains(err.Error(), "nowhere") {
		t.Errorf("no database: %v", err)
	}
	l, _ := openAs(t, url, dir)
	must(t, l.Close())
	server.SQL(t, "shop", `INSERT INTO rapport.migration VALUES (9999, '9999_later.sql', '')`)
	if err := refusal(t, Options{URL: url, Dir: dir}, false); !database.Unusable(err) || !strings.Contains(err.Error(), "9999_later.sql") {
		t.Errorf("newer: %v", err)
	}
	server.SQL(t, "shop", `CREATE ROLE guest LOGIN; DELETE FROM rapport.migration WHERE number = 9999; GRANT USAGE ON SCHEMA rapport TO guest; GRANT SELECT ON ALL TABLES IN SCHEMA rapport TO guest`)
	if err := refusal(t, Options{URL: strings.Replace(url, "rapport@", "guest@", 1), Dir: dir}, false); !database.Unusable(err) || !strings.Contains(err.Error(), "cannot be written to") {
		t.Errorf("only to be read: %v", err)
	}
}

// TestAServerThatIsAwayIsWaitedFor: it is neither a ledger that is not there yet nor one that only a person can mend.
func TestAServerThatIsAwayIsWaitedFor(t *testing.T) {
	t.Parallel()
	server := postgrestest.Start(t)
	url, dir := server.URL(t, "shop", ""), t.TempDir()
	l, _ := openAs(t, url, dir)
	id := ledgertest.MakeDay(t, l, 1)
	server.Down(t)
	for what, err := range map[string]error{
		"opened": refusal(t, Options{URL: url, Dir: dir}, true),
		"read":   func() error { _, err := l.Delivery(t.Context(), id); return err }(),
		"write":  l.Check(t.Context()),
	} {
		if err == nil || database.Unusable(err) || errors.Is(err, fs.ErrNotExist) || !strings.Contains(err.Error(), "does not answer") {
			t.Errorf("%s: %v", what, err)
		}
	}
	server.Up(t)
	ledgertest.SendDay(t, l, id)
}

func TestAPasswordIsAskedForEachTimeAndNeverShown(t *testing.T) {
	t.Parallel()
	server := postgrestest.Start(t)
	server.SQL(t, "postgres", `CREATE ROLE shop LOGIN PASSWORD 'hunter2'`)
	url, dir := strings.Replace(server.URL(t, "shop", "OWNER shop"), "rapport@", "shop@", 1), t.TempDir()
	server.RequirePasswords(t, "shop")
	password, asked := "hunter2", 0
	o := Options{URL: url, Dir: dir, Password: func() (string, error) { asked++; return password, nil }}
	l, err := ledger.Open(context.Background(), New(o), ledgertest.Options())
	must(t, err)
	ledgertest.SendDay(t, l, ledgertest.MakeDay(t, l, 1))
	must(t, l.Close())
	if asked == 0 {
		t.Error("nobody asked for it")
	}
	password = "hunter3"
	if err := refusal(t, o, false); !database.Unusable(err) || strings.Contains(err.Error(), "hunter") {
		t.Errorf("a wrong one: %v", err)
	}
	o.Password = func() (string, error) { return "", errors.New("pg.secret: no such file") }
	if err := refusal(t, o, false); !database.Unusable(err) || !strings.Contains(err.Error(), "pg.secret") {
		t.Errorf("none: %v", err)
	}
}

// TestADamagedSettlementIsNoticed: rows that hold money have checksums of ours here too, as a server's
// own may be off.
func TestADamagedSettlementIsNoticed(t *testing.T) {
	t.Parallel()
	l, b := openAs(t, postgrestest.Start(t).URL(t, "shop", ""), t.TempDir())
	ledgertest.BookDay(t, l, 0)
	if said, err := ledgertest.Booked(l); err != nil || !strings.Contains(said, "s NOK daily 7") {
		t.Fatalf("%q, %v", said, err)
	}
	for damage, mend := range map[string]string{
		`UPDATE voucher SET number = 6`: `UPDATE voucher SET number = 7`, `UPDATE settlement_record SET record = '\x00'`: `UPDATE settlement_record SET checksum = 0`,
	} {
		exec(t, b, damage)
		if said, err := ledgertest.Booked(l); err == nil || !strings.Contains(err.Error(), "not what was written") {
			t.Errorf("%s: %q, %v", damage, said, err)
		}
		exec(t, b, mend)
	}
}

func TestTwentyOpenersMakeOneLedger(t *testing.T) {
	t.Parallel()
	server := postgrestest.Start(t)
	url := server.URL(t, "shop", "")
	done := make(chan error)
	for range 20 {
		dir := t.TempDir()
		go func() {
			l, err := ledger.Open(context.Background(), New(Options{URL: url, Dir: dir}), ledgertest.Options())
			if err == nil {
				err = errors.Join(l.Check(context.Background()), l.Close())
			}
			done <- err
		}()
	}
	for range 20 {
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
	if got := server.SQL(t, "shop", `SELECT count(*) FROM rapport.ledger_identity`); got != "1" {
		t.Errorf("%s ledgers", got)
	}
	// Texts sort by bytes wherever the ledger sorts them.
	got := server.SQL(t, "shop", `SELECT string_agg(table_name || '.' || column_name, ' ') FROM information_schema.columns
		WHERE table_schema = 'rapport' AND data_type = 'text' AND collation_name IS DISTINCT FROM 'C' AND table_name <> 'migration'`)
	if got != "" {
		t.Errorf("sorted otherwise: %s", got)
	}
}
