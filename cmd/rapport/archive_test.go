package main

import (
	"bytes"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"rapport/internal/archivemarker"
	"rapport/internal/objectstore/s3test"
)

// archiveConfig is a configuration that mails into a directory; the lines are its own.
func archiveConfig(t *testing.T, lines string) (dir, path string) {
	t.Helper()
	dir = t.TempDir()
	path = filepath.Join(dir, "shop.yaml")
	text := lines + `account: T12345678
source: {sandbox: {seed: 1}}
mail: {from: rapport@fjordfisk.example, outbox: outbox}
reports:
  - {id: oslo, dataType: checkout/transactions, schedule: daily, language: no, contentTypes: [text/csv], emails: [a@x.example]}
`
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return dir, path
}

func storeBlock(store *s3test.Store) string {
	return "archive: {s3: {bucket: " + s3test.Bucket + ", endpoint: '" + store.URL + "', access_key: {env: S3_ACCESS}, secret_key: {env: S3_SECRET}}}\n"
}

func storeEnv(name string) string {
	return map[string]string{"S3_ACCESS": s3test.AccessKey, "S3_SECRET": s3test.SecretKey}[name]
}

// coded runs the program in process, and gives what it said on stderr.
func coded(t *testing.T, want int, args ...string) (said string) {
	t.Helper()
	var out, errs bytes.Buffer
	if code := run(t.Context(), args, storeEnv, &out, &errs); code != want {
		t.Fatalf("%v: exit code %d, want %d\n%s%s", args, code, want, &out, &errs)
	}
	return out.String() + errs.String()
}

// TestAnotherArchiveThanTheLedgersStopsIt: the usual mistake of a directory that is not shared.
func TestAnotherArchiveThanTheLedgersStopsIt(t *testing.T) {
	t.Parallel()
	dir, path := archiveConfig(t, "")
	at := func(day string) []string { return []string{"run", path, "--now", day + "T06:00:00+01:00"} }
	coded(t, exitDone, at("2026-11-20")...)
	marker := filepath.Join(dir, "archive", archivemarker.Key)
	id, err := os.ReadFile(marker)
	if err != nil || len(id) < 20 {
		t.Fatalf("the marker says %q, %v", id, err)
	}
	if err := os.WriteFile(marker, []byte("another\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{at("2026-11-21"), {"serve", path}} {
		if said := coded(t, exitConfig, args...); !strings.Contains(said, "this machine's archive is another one") {
			t.Errorf("%v says %s", args, said)
		}
	}
	if made, _ := filepath.Glob(filepath.Join(dir, "archive", "oslo", "*")); len(made) != 1 {
		t.Errorf("something was made: %v", made)
	}
	if err := os.Remove(marker); err != nil { // a single machine's own archive gets it back
		t.Fatal(err)
	}
	coded(t, exitDone, at("2026-11-21")...)
	if again, err := os.ReadFile(marker); err != nil || !bytes.Equal(again, id) {
		t.Errorf("the marker says %q, %v", again, err)
	}
}

// TestAStoreThatIsEmptiedOrAnotherStopsIt: nobody begins anew beside what others have.
func TestAStoreThatIsEmptiedOrAnotherStopsIt(t *testing.T) {
	t.Parallel()
	store := s3test.New(t)
	_, path := archiveConfig(t, storeBlock(store))
	coded(t, exitDone, "run", path, "--now", "2026-11-20T06:00:00+01:00")
	for _, change := range []func(){
		func() { store.Set(archivemarker.Key, []byte("another\n")) },
		func() {
			for _, key := range store.Keys() {
				store.Set(key, nil)
			}
		},
	} {
		change()
		if said := coded(t, exitConfig, "run", path, "--now", "2026-11-21T06:00:00+01:00"); !strings.Contains(said, "this machine's archive is another one") {
			t.Errorf("says %s", said)
		}
	}
}

// TestAReportInAStore is made, waits while that is away, and leaves nothing on the machine.
func TestAReportInAStore(t *testing.T) {
	store := s3test.New(t)
	dir, path := archiveConfig(t, storeBlock(store))
	t.Setenv("TMPDIR", t.TempDir())
	store.Fail(func(*http.Request) s3test.Fault { return s3test.Failing })
	if said := coded(t, exitWaiting, "run", path, "--now", "2026-11-20T06:00:00+01:00"); !strings.Contains(said, "report oslo: archive: list oslo: ") {
		t.Errorf("away: %s", said)
	}
	if said := coded(t, exitFailed, "check", "--online", path); !strings.Contains(said, "archive: s3://"+strings.TrimPrefix(store.URL, "http://")+"/"+s3test.Bucket+"/: put: ") {
		t.Errorf("a check of a store that is away says %s", said)
	}
	store.Fail(nil)
	coded(t, exitDone, "run", path, "--now", "2026-11-20T08:00:00+01:00")
	if got := strings.Join(store.Keys(), " "); !strings.HasPrefix(got, ".rapport-archive ") || !strings.HasSuffix(got, "/oslo_2026-11-19.csv") && !strings.Contains(got, "oslo/2026-11-19/.sealed") {
		t.Errorf("the store has %s", got)
	}
	if said := coded(t, exitDone, "check", "--online", path); !strings.Contains(said, "takes, gives and deletes an object") {
		t.Errorf("a check says %s", said)
	}
	for _, left := range []string{filepath.Join(os.TempDir(), "rapport-*"), filepath.Join(dir, "archive")} {
		if found, _ := filepath.Glob(left); len(found) > 0 {
			t.Errorf("left on the machine: %v", found)
		}
	}
	coded(t, exitDone, "run", path, "--dry-run", "--now", "2026-11-20T08:00:00+01:00")
	if files, _ := filepath.Glob(filepath.Join(dir, "archive", "oslo", "2026-11-19", "trial", "*.csv")); len(files) != 1 {
		t.Error("a trial lies beside the configuration")
	}
}
