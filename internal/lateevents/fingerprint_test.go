package lateevents

import (
	"testing"
	"time"

	"rapport/internal/content"
	"rapport/internal/money"
	"rapport/internal/report"
)

func TestManyRowsAreRememberedOrNone(t *testing.T) {
	m := &Fingerprints{}
	one := report.Row{Cells: make([]content.Value, len(report.TransactionColumns))}
	for range maxFingerprints {
		m.Add(&one)
	}
	if basis, list, err := unpack(m.Pack("b")); err != nil || basis != "b" || len(list) != maxFingerprints || !holdsTimes(list, list[0], maxFingerprints) || holdsTimes(list, list[0], maxFingerprints+1) {
		t.Errorf("%s, %d, %v", basis, len(list), err)
	}
	if m.Add(&one); m.Pack("b") != nil {
		t.Error("one more than are remembered, and something is claimed")
	}
	if (*Fingerprints)(nil).Pack("") != nil {
		t.Error("no marks are something")
	}
	if _, _, err := unpack([]byte{200, 1, 2}); err == nil {
		t.Error("what holds no marks was read")
	}
	if key := report.TransactionColumns[transactionID].Key; key != "transaction_id" {
		t.Error(key)
	}
	// A mark is the same in every version: the ledger has those of the last.
	if got := fingerprintOf("T1.abc", time.Date(2026, 11, 19, 12, 0, 0, 1, time.UTC), -100, money.Currency("NOK")); got != 0x516666bd222028ed {
		t.Errorf("%#x", uint64(got))
	}
}
