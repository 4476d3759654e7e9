package archivemarker_test

import (
	"errors"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/synctest"

	"rapport/internal/archive"
	"rapport/internal/archivemarker"
	"rapport/internal/objectstore"
	"rapport/internal/objectstore/s3test"
	"rapport/internal/paymenttest"
	"rapport/internal/shoptest"
	"rapport/reportconfig"
)

// machine is a check of one that has its archive in a directory.
func machine(s *shoptest.Shop, dir string, shared bool) archivemarker.Check {
	l := s.Open()
	s.T.Cleanup(func() { paymenttest.Must(s.T, l.Close()) })
	return archivemarker.Check{Ledger: l, Archive: archive.Archive{Dir: dir}, Account: "T12345678", Config: "/etc/rapport/shop.yaml", Shared: shared}
}

func markerOf(t *testing.T, dir string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(dir, archivemarker.Key))
	paymenttest.Must(t, err)
	return strings.TrimSpace(string(text))
}

func TestADirectoryThatIsNotSharedIsFoundOut(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := shoptest.New(t, paymenttest.Source{}, paymenttest.Mailed("a@x.no"))
		first, second := t.TempDir(), t.TempDir()
		if fresh, err := machine(s, first, true).Require(t.Context()); !fresh || err != nil {
			t.Error(fresh, err)
		}
		if fresh, err := machine(s, first, true).Require(t.Context()); fresh || err != nil {
			t.Errorf("another machine with the same one: %v %v", fresh, err)
		}
		_, err := machine(s, second, true).Require(t.Context())
		if !errors.Is(err, archivemarker.ErrOther) || !strings.Contains(err.Error(), "its .rapport-archive is not there, not "+markerOf(t, first)) {
			t.Errorf("an empty one: %v", err)
		}
		paymenttest.Must(t, os.WriteFile(filepath.Join(second, archivemarker.Key), []byte("other\n"), 0o600))
		if _, err := machine(s, second, true).Require(t.Context()); !errors.Is(err, archivemarker.ErrOther) {
			t.Errorf("another one: %v", err)
		}
	})
}

func TestAnArchiveOfOneMachineGetsItsMarkerBack(t *testing.T) {
	s := shoptest.New(t, paymenttest.Source{}, paymenttest.Mailed("a@x.no"))
	first, second := t.TempDir(), t.TempDir()
	_, err := machine(s, first, false).Require(t.Context())
	paymenttest.Must(t, err)
	if fresh, err := machine(s, second, false).Require(t.Context()); !fresh || err != nil || markerOf(t, first) != markerOf(t, second) {
		t.Error(fresh, err)
	}
	s.Lose() // a ledger that is new takes the archive's
	if fresh, err := machine(s, second, false).Require(t.Context()); fresh || err != nil {
		t.Error(fresh, err)
	}
}

// TestAnArchiveThatCannotBeReadIsNotAnother: the reports wait, and the process starts.
func TestAnArchiveThatCannotBeReadIsNotAnother(t *testing.T) {
	s := shoptest.New(t, paymenttest.Source{}, paymenttest.Mailed("a@x.no"))
	file := filepath.Join(t.TempDir(), "file")
	paymenttest.Must(t, os.WriteFile(file, nil, 0o600))
	m := machine(s, file, true)
	if _, err := m.Require(t.Context()); err == nil || errors.Is(err, archivemarker.ErrOther) {
		t.Error(err)
	}
	if _, err := m.AtStart(t.Context(), slog.New(slog.DiscardHandler)); err != nil {
		t.Error(err)
	}
}

// inStore is the archive of a machine in a store.
func inStore(t *testing.T, store *s3test.Store) archive.Archive {
	t.Helper()
	config := &reportconfig.ObjectStore{Bucket: s3test.Bucket, Endpoint: store.URL, AccessKey: reportconfig.Secret{Env: "A"}, SecretKey: reportconfig.Secret{Env: "B"}}
	a, err := objectstore.Archive(t.Context(), config, t.TempDir(), func(s reportconfig.Secret) (string, error) {
		return map[string]string{"A": s3test.AccessKey, "B": s3test.SecretKey}[s.Env], nil
	})
	paymenttest.Must(t, err)
	return a
}

// TestAMarkerThatCouldNotBePutIsNotRemembered: the next start puts one.
func TestAMarkerThatCouldNotBePutIsNotRemembered(t *testing.T) {
	s, store := shoptest.New(t, paymenttest.Source{}, paymenttest.Mailed("a@x.no")), s3test.New(t)
	m := machine(s, "", true)
	m.Archive = inStore(t, store)
	store.Fail(func(r *http.Request) s3test.Fault {
		if r.Method == http.MethodPut {
			return s3test.Failing
		}
		return s3test.None
	})
	if _, err := m.Require(t.Context()); err == nil || errors.Is(err, archivemarker.ErrOther) {
		t.Error(err)
	}
	store.Fail(nil)
	if fresh, err := m.Require(t.Context()); !fresh || err != nil {
		t.Error(fresh, err)
	}
}

// TestAMarkerIsPutOnce in a store: whoever comes second has the first one's.
func TestAMarkerIsPutOnce(t *testing.T) {
	store := s3test.New(t)
	for _, id := range []string{"first", "second"} {
		a := inStore(t, store)
		file := filepath.Join(t.TempDir(), "marker")
		paymenttest.Must(t, os.WriteFile(file, []byte(id), 0o600))
		sum, err := archive.Sum(file)
		paymenttest.Must(t, err)
		paymenttest.Must(t, a.Objects.Put(t.Context(), archivemarker.Key, file, sum))
	}
	if text, _ := store.Object(archivemarker.Key); string(text) != "first" {
		t.Errorf("the marker says %q", text)
	}
}

// TestMachinesThatStartAtOnceAgree on one marker in one store.
func TestMachinesThatStartAtOnceAgree(t *testing.T) {
	s, store := shoptest.New(t, paymenttest.Source{}, paymenttest.Mailed("a@x.no")), s3test.New(t)
	s.Open().Close()
	var machines sync.WaitGroup
	for range 6 {
		m := machine(s, "", true)
		m.Archive = inStore(t, store)
		machines.Go(func() {
			if _, err := m.Require(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
	machines.Wait()
	if keys := store.Keys(); len(keys) != 1 || keys[0] != archivemarker.Key {
		t.Errorf("the store has %v", keys)
	}
}
