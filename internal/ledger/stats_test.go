package ledger_test

import (
	"testing"
	"time"

	"rapport/internal/ledger"
)

func TestTheChangeCounterChangesWithWhatOthersWriteAlone(t *testing.T) {
	dir := t.TempDir()
	ours, theirs := open(t, dir), open(t, dir)
	changeCounter := func() int64 {
		n, err := ours.ChangeCounter(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	before := changeCounter()
	if err := ours.Raise(t.Context(), ledger.Alarm{Account: "T12345678", Kind: "late", Subject: "a", Text: "", Raised: time.Now()}); err != nil {
		t.Fatal(err)
	}
	if changeCounter() != before {
		t.Error("our own word is no news")
	}
	if err := theirs.Raise(t.Context(), ledger.Alarm{Account: "T12345678", Kind: "late", Subject: "b", Text: "", Raised: time.Now()}); err != nil {
		t.Fatal(err)
	}
	if changeCounter() == before {
		t.Error("another's word is")
	}
}
