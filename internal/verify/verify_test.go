package verify_test

import (
	"bytes"
	"database/sql"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"rapport/internal/archive"
	"rapport/internal/ledger"
	"rapport/internal/ledger/sqlite"
	"rapport/internal/paymenttest"
	"rapport/internal/shoptest"
	"rapport/internal/verify"
	"rapport/reportconfig"
)

// days is a shop that made a report for each of some days.
func days(t *testing.T, n int) *shoptest.Shop {
	t.Helper()
	daily := paymenttest.Mailed("a@x.no")
	daily.ContentTypes = []reportconfig.ContentType{reportconfig.PDF, reportconfig.CSV}
	s := shoptest.New(t, paymenttest.OneSale(t), daily)
	for range n {
		s.Run()
		s.Days(1)
	}
	s.Days(-1)
	return s
}

func openAt(t *testing.T, path string) *ledger.Ledger {
	t.Helper()
	l, err := ledger.Open(t.Context(), sqlite.New(path), ledger.Options{Now: time.Now, Host: "test", MustExist: true})
	paymenttest.Must(t, err)
	return l
}

// look verifies a ledger and an archive: a line for each fault, and the series.
func look(t *testing.T, l *ledger.Ledger, dir string) (faults []string, shown []verify.Series, sum verify.Summary) {
	t.Helper()
	sum, err := verify.Job{Ledger: l, Archive: archive.Archive{Dir: dir}, Account: "T12345678"}.Run(t.Context(), func(s verify.Series) error {
		shown = append(shown, s)
		return nil
	}, func(f verify.Fault) error {
		faults = append(faults, fmt.Sprintf("%s %s %s: %s", f.Kind, f.Period, filepath.Base(f.Path), f.Text))
		return nil
	})
	paymenttest.Must(t, err)
	if int(sum.Faults) != len(faults) {
		t.Errorf("%d faults were counted, and %d told", sum.Faults, len(faults))
	}
	return faults, shown, sum
}

func lookAt(t *testing.T, s *shoptest.Shop) []string {
	t.Helper()
	l := s.Open()
	defer l.Close()
	faults, _, _ := look(t, l, s.Archive)
	return faults
}

func TestWhatIsWholeHasNoFault(t *testing.T) {
	s := days(t, 4)
	l := s.Open()
	defer l.Close()
	faults, shown, sum := look(t, l, s.Archive)
	if len(faults) > 0 || len(shown) != 1 || shown[0].Reports != 4 || shown[0].First != "1" || shown[0].Last != "4" || len(shown[0].Digest) != 64 || sum.Files != 8 || sum.Bytes == 0 {
		t.Errorf("%q\n%+v\n%+v", faults, shown, sum)
	}
}

// TestEachByteOfEachFileCounts: whatever byte is changed, and whatever file is taken, added or
// given another name, it is told of that file alone.
func TestEachByteOfEachFileCounts(t *testing.T) {
	s := days(t, 2)
	l := s.Open()
	defer l.Close()
	for _, path := range filesIn(t, s.Archive) {
		whole, err := os.ReadFile(path)
		paymenttest.Must(t, err)
		for at := 0; at < len(whole); at += len(whole)/40 + 1 {
			changed := bytes.Clone(whole)
			changed[at] ^= 1 << (at % 8)
			paymenttest.Must(t, os.WriteFile(path, changed, 0o600))
			requireOne(t, l, s, "altered "+filepath.Base(filepath.Dir(path))+" "+filepath.Base(path))
		}
		paymenttest.Must(t, os.WriteFile(path, append(bytes.Clone(whole), 0), 0o600))
		requireOne(t, l, s, "altered")
		paymenttest.Must(t, os.Remove(path))
		requireOne(t, l, s, "missing "+filepath.Base(filepath.Dir(path))+" "+filepath.Base(path))
		paymenttest.Must(t, os.WriteFile(path, whole, 0o600))
		for _, foreign := range []string{path + "x", filepath.Join(filepath.Dir(path), "more", "a.csv"), filepath.Join(s.Archive, "test", "2026-11-01", "a.csv"), filepath.Join(s.Archive, "test", "a"), filepath.Join(s.Archive, "a")} {
			paymenttest.Must(t, os.MkdirAll(filepath.Dir(foreign), 0o700))
			paymenttest.Must(t, os.WriteFile(foreign, nil, 0o600))
			requireOne(t, l, s, "foreign")
			paymenttest.Must(t, os.Remove(foreign))
		}
	}
	if faults, _, _ := look(t, l, s.Archive); len(faults) > 0 {
		t.Errorf("%q", faults)
	}
}

func requireOne(t *testing.T, l *ledger.Ledger, s *shoptest.Shop, want string) {
	t.Helper()
	if faults, _, _ := look(t, l, s.Archive); len(faults) != 1 || !strings.HasPrefix(faults[0], want) {
		t.Fatalf("%q, want %s", faults, want)
	}
}

func filesIn(t *testing.T, dir string) (paths []string) {
	t.Helper()
	paymenttest.Must(t, filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err == nil && !e.IsDir() && e.Name() != archive.Seal {
			paths = append(paths, path)
		}
		return err
	}))
	return paths
}

// TestEachRowOfTheLedgerCounts: any row that is taken, and any value of one that is changed, of
// all that digests are of and are kept in.
func TestEachRowOfTheLedgerCounts(t *testing.T) {
	tables, rows, enough := []string{"report_digest", "report_series", "period", "artifact"}, 1000, 100
	if testing.Short() { // it opens a ledger some hundred times
		tables, rows, enough = tables[:1], 1, 10
	}
	s := days(t, 3)
	l := s.Open() // whatever is written to the file is there after it is closed
	paymenttest.Must(t, l.Close())
	// What hands a period out, where its messages wait, and where a file stands among others no digest is of.
	free := []string{"period.crashes", "period.next_try_at", "period.claimed_by", "period.claim", "period.claimed_at", "period.suspect_until", "period.to_sweep", "period.detailed", "period.attempt", "artifact.position"}
	tried := 0
	for _, table := range tables {
		columns := columnsOf(t, s.State(), table)
		for row := 1; row <= rows; row++ {
			db := copyOf(t, s.State())
			one := fmt.Sprintf(`rowid = (SELECT rowid FROM %s ORDER BY rowid LIMIT 1 OFFSET %d)`, table, row-1)
			there := exec(t, db, `DELETE FROM `+table+` WHERE `+one)
			if there == 0 {
				break
			}
			requireFault(t, db, s, fmt.Sprintf("row %d of %s is taken", row, table))
			for _, column := range columns {
				if slices.Contains(free, table+"."+column) {
					continue
				}
				db := copyOf(t, s.State())
				changed := exec(t, db, fmt.Sprintf(`UPDATE OR IGNORE %s SET %s = CASE typeof(%[2]s) WHEN 'integer' THEN %[2]s + 1 WHEN 'null' THEN 1
					ELSE substr(%[2]s, 1, length(%[2]s) / 2) || CASE substr(%[2]s, length(%[2]s) / 2 + 1, 1) WHEN 'a' THEN 'b' ELSE 'a' END || substr(%[2]s, length(%[2]s) / 2 + 2) END WHERE %s`, table, column, one))
				if changed == 1 {
					requireFault(t, db, s, fmt.Sprintf("%s of row %d of %s is changed", column, row, table))
					tried++
				}
			}
		}
	}
	if tried < enough {
		t.Errorf("%d values were changed", tried)
	}
	if faults := lookAt(t, s); len(faults) > 0 {
		t.Errorf("%q", faults)
	}
}

// copyOf is a copy of a ledger, in which what would refuse a change is not there.
func copyOf(t *testing.T, path string) (copied string) {
	t.Helper()
	copied = filepath.Join(t.TempDir(), "rapport.db")
	for _, suffix := range []string{"", "-witness"} {
		data, err := os.ReadFile(path + suffix)
		if os.IsNotExist(err) {
			continue
		}
		paymenttest.Must(t, err)
		paymenttest.Must(t, os.WriteFile(copied+suffix, data, 0o600))
	}
	exec(t, copied, `DROP TRIGGER period_updated`)
	return copied
}

func exec(t *testing.T, path, statement string) int64 {
	t.Helper()
	db, err := sql.Open("sqlite", path)
	paymenttest.Must(t, err)
	defer db.Close()
	result, err := db.Exec(statement)
	if err != nil && strings.Contains(err.Error(), "constraint failed") {
		return 0
	}
	paymenttest.Must(t, err)
	n, err := result.RowsAffected()
	paymenttest.Must(t, err)
	return n
}

func columnsOf(t *testing.T, path, table string) (names []string) {
	t.Helper()
	db, err := sql.Open("sqlite", path)
	paymenttest.Must(t, err)
	defer db.Close()
	rows, err := db.Query(`SELECT name FROM pragma_table_info(?)`, table)
	paymenttest.Must(t, err)
	defer rows.Close()
	for rows.Next() {
		name := ""
		paymenttest.Must(t, rows.Scan(&name))
		names = append(names, name)
	}
	return names
}

func requireFault(t *testing.T, path string, s *shoptest.Shop, what string) {
	t.Helper()
	l := openAt(t, path)
	defer l.Close()
	found := 0
	_, err := verify.Job{Ledger: l, Archive: archive.Archive{Dir: s.Archive}, Account: "T12345678"}.Run(t.Context(), func(verify.Series) error { return nil }, func(verify.Fault) error { found++; return nil })
	if err != nil || found == 0 {
		t.Errorf("%s, and nobody notices: %v", what, err)
	}
}

func TestAPeriodLeftOutOrTakenTwiceIsTold(t *testing.T) {
	s := days(t, 1) // 2026-11-19
	s.Run("2026-11-17")
	if got := lookAt(t, s); len(got) != 1 || !strings.HasPrefix(got[0], "gap 2026-11-19") || !strings.Contains(got[0], "from 2026-11-17 23:00 to 2026-11-18 23:00") {
		t.Errorf("%q", got)
	}
	s.Run("2026-11-18")
	if got := lookAt(t, s); len(got) > 0 {
		t.Errorf("in whatever order they are made: %q", got)
	}
	s.Run("2026-W46")
	s.Run("2026-11-15")
	if got := lookAt(t, s); len(got) != 2 || !strings.HasPrefix(got[0], "overlap 2026-11-15") || !strings.HasPrefix(got[1], "gap 2026-11-17") {
		t.Errorf("%q", got)
	}
}

// TestWhatRetentionRemovesIsNoFault, also when it is cut off, and what stays is verified still.
func TestWhatRetentionRemovesIsNoFault(t *testing.T) {
	s := days(t, 6)
	s.Retention = 48 * time.Hour
	for range 8 {
		s.Run()
	}
	l := s.Open()
	faults, shown, _ := look(t, l, s.Archive)
	if len(faults) > 0 || shown[0].Removed == 0 || shown[0].Removed == shown[0].Reports {
		t.Errorf("%q %+v", faults, shown)
	}
	kept, err := l.Periods(t.Context(), ledger.Filter{Account: "T12345678", State: string(ledger.Made), Limit: 1})
	paymenttest.Must(t, err)
	paymenttest.Must(t, l.BeginRemoval(t.Context(), kept[0].ID))
	files := filesIn(t, filepath.Join(s.Archive, "test", kept[0].Name))
	paymenttest.Must(t, os.Remove(files[0])) // and the process dies
	faults, _, _ = look(t, l, s.Archive)
	if len(faults) > 0 {
		t.Errorf("%q", faults)
	}
	data, err := os.ReadFile(files[1])
	paymenttest.Must(t, err)
	paymenttest.Must(t, os.WriteFile(files[1], data[1:], 0o600))
	if faults, _, _ = look(t, l, s.Archive); len(faults) != 1 || !strings.HasPrefix(faults[0], "altered") {
		t.Errorf("%q", faults)
	}
	paymenttest.Must(t, l.Close())
}

// TestAReportThatIsRenamedOrMadeAgainGoesOnInItsSeries.
func TestAReportThatIsRenamedOrMadeAgainGoesOnInItsSeries(t *testing.T) {
	s := days(t, 2)
	s.Box.Failing("a@x.no", shoptest.NotSent())
	s.Days(1)
	s.Run()
	paymenttest.Must(t, os.RemoveAll(filepath.Join(s.Archive, "test", "2026-11-21"))) // before it was sent
	s.Box.Fail = nil
	s.Days(0)
	s.Run()
	s.Run()
	renamed := *s.Reports[0]
	renamed.ID, renamed.Was = "oslo", "test"
	s.Reports[0] = &renamed
	s.Days(1)
	s.Run()
	l := s.Open()
	defer l.Close()
	faults, shown, _ := look(t, l, s.Archive)
	want := []string{"missing 2026-11-21 transactions_2026-11-21.csv", "missing 2026-11-21 transactions_2026-11-21.pdf"}
	if len(faults) != 2 || !strings.HasPrefix(faults[0], want[1]) && !strings.HasPrefix(faults[0], want[0]) {
		t.Errorf("the files that were lost before it was made again are: %q", faults)
	}
	if len(shown) != 1 || shown[0].Report != "oslo" || shown[0].Last != "4" || shown[0].Reports != 5 {
		t.Errorf("%+v", shown)
	}
}

// TestReportsFromBeforeThereWereDigestsGetThem, marked as such, when their ledger is opened.
func TestReportsFromBeforeThereWereDigestsGetThem(t *testing.T) {
	s := days(t, 3)
	exec(t, s.State(), `UPDATE report_digest SET digest = '', previous = '', files = '[]', checksum = 0, reconstructed = 1`)
	exec(t, s.State(), `DELETE FROM report_series`)
	s.Days(1)
	s.Run()
	l := s.Open()
	defer l.Close()
	faults, shown, _ := look(t, l, s.Archive)
	if len(faults) > 0 || shown[0].Reconstructed != 3 || shown[0].Reports != 4 {
		t.Errorf("%q %+v", faults, shown)
	}
}

// TestFilesOnTheirWayAreThere: a process died between writing down that a report is made and
// moving its files to their place.
func TestFilesOnTheirWayAreThere(t *testing.T) {
	s := days(t, 1)
	dir := filepath.Join(s.Archive, "test", "2026-11-19")
	paymenttest.Must(t, os.MkdirAll(filepath.Join(dir, archive.MadeDir, "ATTEMPT1"), 0o700))
	for _, path := range filesIn(t, dir) {
		paymenttest.Must(t, os.Rename(path, filepath.Join(dir, archive.MadeDir, "ATTEMPT1", filepath.Base(path))))
	}
	if got := lookAt(t, s); len(got) > 0 {
		t.Errorf("%q", got)
	}
}

// TestTwoReportsThatChangedPlacesAreTold.
func TestTwoReportsThatChangedPlacesAreTold(t *testing.T) {
	s := days(t, 4)
	for _, change := range []string{"position = -2 WHERE position = 2", "position = 2 WHERE position = 3", "position = 3 WHERE position = -2"} {
		exec(t, s.State(), `UPDATE report_digest SET `+change)
	}
	if got := strings.Join(lookAt(t, s), "\n"); !strings.Contains(got, "order 2026-11-21") {
		t.Errorf("%s", got)
	}
}
