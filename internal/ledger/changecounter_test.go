package ledger_test

import (
	"path/filepath"
	"testing"
	"time"

	"rapport/internal/ledger"
)

func TestTheChangeCounterChangesWithWhatOthersWriteAlone(t *testing.T) {
	path := filepath.Join(t.TempDir(), "rapport.db")
	open := func() *ledger.Ledger {
		l, err := ledger.Open(t.Context(), path, ledger.Options{Now: time.Now, Host: "test"})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { l.Close() })
		return l
	}
	ours, theirs := open(), open()
	changeCounter := func() int64 {
		n, err := ours.ChangeCounter(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	before := changeCounter()
	if err := ours.Raise(t.Context(), "T12345678", "late", "a", "", time.Now()); err != nil {
		t.Fatal(err)
	}
	if changeCounter() != before {
		t.Error("our own word is no news")
	}
	if err := theirs.Raise(t.Context(), "T12345678", "late", "b", "", time.Now()); err != nil {
		t.Fatal(err)
	}
	if changeCounter() == before {
		t.Error("another's word is")
	}
}
