package archive_test

import (
	"errors"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"rapport/internal/archive"
	"rapport/internal/objectstore/s3test"
)

// TestADiskThatFailsIsNoStoreWithoutTheFile: what cannot be kept here may be there.
func TestADiskThatFailsIsNoStoreWithoutTheFile(t *testing.T) {
	store := s3test.New(t)
	mine, others := inStore(t, store), inStore(t, store)
	makePeriod(t, mine, period, attempt, "one")
	key := period + "/" + attempt + "/" + archive.Seal
	gone := filepath.Join(t.TempDir(), "gone")
	must(t, os.Mkdir(gone, 0o700))
	t.Chdir(gone)
	if err := os.Remove(gone); err != nil {
		t.Skip(err)
	}
	kept := others.Dir
	others.Dir = "copies"
	_, err := others.Fetch(t.Context(), key)
	if err == nil || errors.Is(err, fs.ErrNotExist) || !errors.As(err, new(*archive.StoreError)) {
		t.Errorf("no directory: %v", err)
	}
	others.Dir = kept
	_, err = others.Fetch(t.Context(), key)
	must(t, err)
	if _, err = others.Fetch(t.Context(), period+"/nowhere"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("what the store has not got: %v", err)
	}
}

// TestACopyStaysUntilThereIsABetterOne: a store that is away takes none.
func TestACopyStaysUntilThereIsABetterOne(t *testing.T) {
	store := s3test.New(t)
	a := inStore(t, store)
	makePeriod(t, a, period, attempt, "one")
	key := period + "/" + attempt + "/" + archive.Seal
	store.Fail(func(*http.Request) s3test.Fault { return s3test.Failing })
	if _, err := a.FetchAgain(t.Context(), key); err == nil || !archive.Exists(a.Path(key)) {
		t.Errorf("the store is away, the copy is there: %t, %v", archive.Exists(a.Path(key)), err)
	}
	store.Fail(nil)
	store.Set("shops/fjord/"+key, nil)
	if _, err := a.FetchAgain(t.Context(), key); !errors.Is(err, fs.ErrNotExist) || archive.Exists(a.Path(key)) {
		t.Errorf("it is gone from the store, the copy is there: %t, %v", archive.Exists(a.Path(key)), err)
	}
}

// TestASealThatIsCutOffHereIsReadAgain, before anything is judged by it.
func TestASealThatIsCutOffHereIsReadAgain(t *testing.T) {
	a := inStore(t, s3test.New(t))
	makePeriod(t, a, period, attempt, "one")
	for _, rest := range []string{"", `{"account": "T1`} {
		must(t, os.WriteFile(a.Path(period+"/"+attempt+"/"+archive.Seal), []byte(rest), 0o600))
		_, err := a.Publish(t.Context(), period, attempt)
		must(t, err)
		makePeriod(t, a, period, attempt, "two")
		must(t, os.Remove(a.Path(period+"/"+attempt)+".published"))
	}
	if held, err := a.Holds(t.Context(), "daily", "2026-11-19"); !held || err != nil {
		t.Error(held, err)
	}
}

// TestWhatHasNoNameYetIsNotPut into the store: what a killed process left, or keeps for itself.
func TestWhatHasNoNameYetIsNotPut(t *testing.T) {
	store := s3test.New(t)
	a := inStore(t, store)
	must(t, os.MkdirAll(a.Path(period+"/"+attempt), 0o700))
	for _, name := range []string{".parts-123", ".m" + archive.MessageSuffix + "-45", archive.Seal, "sales-19.csv", "1" + archive.SharedSuffix} {
		must(t, os.WriteFile(a.Path(period+"/"+attempt+"/"+name), nil, 0o600))
	}
	must(t, a.PutAttempt(t.Context(), period+"/"+attempt))
	if keys := store.Keys(); len(keys) != 3 || strings.Contains(strings.Join(keys, " "), "-123") {
		t.Errorf("the store has %q", keys)
	}
}
