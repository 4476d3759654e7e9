package verify_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"rapport/internal/ledger"
	"rapport/internal/ledger/sqlite"
	"rapport/internal/verify"
)

// BenchmarkVerify verifies an archive of some thousand reports, and says how much longer that
// takes than to read and sum the same files one after the other. VERIFY_REPORTS is another number
// of reports, of three files each.
func BenchmarkVerify(b *testing.B) {
	reports := 2000
	if n, err := strconv.Atoi(os.Getenv("VERIFY_REPORTS")); err == nil {
		reports = n
	}
	dir := b.TempDir()
	l := filled(b, filepath.Join(dir, "rapport.db"), filepath.Join(dir, "archive"), reports)
	var ours, plain time.Duration
	var files int64
	for b.Loop() {
		began := time.Now()
		sum, err := verify.Job{Ledger: l, Archive: filepath.Join(dir, "archive"), Account: "T12345678"}.Run(b.Context(), func(verify.Series) error { return nil }, func(f verify.Fault) error { return fmt.Errorf("%+v", f) })
		must(b, err)
		ours += time.Since(began)
		files += sum.Files
		began = time.Now()
		readAll(b, filepath.Join(dir, "archive"))
		plain += time.Since(began)
	}
	b.ReportMetric(ours.Seconds()/plain.Seconds(), "of-plain")
	b.ReportMetric(float64(files)/ours.Seconds(), "files/s")
}

// filled is a ledger with reports of a hundred ids, and their files.
func filled(t testing.TB, state, archive string, reports int) *ledger.Ledger {
	t.Helper()
	l, err := ledger.Open(t.Context(), sqlite.New(state), ledger.Options{Now: time.Now, Host: "here"})
	must(t, err)
	t.Cleanup(func() { must(t, l.Close()) })
	fill(t, l, archive, reports)
	return l
}

// fill makes reports in a ledger, with their files.
func fill(t testing.TB, l *ledger.Ledger, archive string, reports int) {
	t.Helper()
	at := time.Date(2026, 11, 20, 5, 0, 0, 0, time.UTC)
	content := bytes.Repeat([]byte("2026-11-19;12345,00\r\n"), 400)
	for i := range reports {
		report, from := fmt.Sprintf("r%02d", i%100), time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC).AddDate(0, 0, i/100)
		name := from.Format(time.DateOnly)
		added, err := l.Plan(t.Context(), []ledger.Planned{{Key: ledger.Key{Account: "T12345678", Report: report, From: from, To: from.AddDate(0, 0, 1)}, Name: name, Schedule: "daily", Config: "shop.yaml", Due: from.AddDate(0, 0, 1), State: ledger.Owed}})
		must(t, err)
		p, err := l.ClaimPeriod(t.Context(), added[0].ID)
		must(t, err)
		m := ledger.MadePeriod{At: at}
		must(t, os.MkdirAll(filepath.Join(archive, report, name), 0o700))
		for _, kind := range []string{".csv", ".pdf", ".xlsx"} {
			data := append([]byte(report+name+kind), content...)
			sum := sha256.Sum256(data)
			path := filepath.Join(report, name, "a"+kind)
			must(t, os.WriteFile(filepath.Join(archive, path), data, 0o600))
			m.Artifacts = append(m.Artifacts, ledger.Artifact{Path: path, SHA256: hex.EncodeToString(sum[:]), Size: int64(len(data))})
		}
		must(t, l.RecordMade(t.Context(), p.Claim, m))
	}
}

func readAll(t testing.TB, dir string) {
	t.Helper()
	must(t, filepath.WalkDir(dir, func(path string, e os.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		f, err := os.Open(path)
		if err != nil {
			return err
		}
		defer f.Close()
		_, err = io.Copy(sha256.New(), f)
		return err
	}))
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
