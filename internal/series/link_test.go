package series

import (
	"reflect"
	"testing"
)

// TestALinkIsWhatWasWritten: its row by the checksum, and what it says of the report by the digest,
// whoever made the checksum fit.
func TestALinkIsWhatWasWritten(t *testing.T) {
	l := Link{Series: "oslo", Position: 2, Dir: "oslo/2026-11-19", Previous: "p", Facts: Facts{Account: "T12345678", Report: "oslo", Number: "2"}}
	l.Digest = l.Facts.Digest(l.Previous)
	if err := l.verify("[]", l.checksum("[]")); err != nil {
		t.Error(err)
	}
	moved := l
	moved.Dir = "oslo/2026-11-20"
	if moved.verify("[]", l.checksum("[]")) == nil {
		t.Error("another directory is believed")
	}
	l.Number = "3"
	if l.verify("[]", l.checksum("[]")) == nil {
		t.Error("another number is believed")
	}
}

// A rowTx has one row, and takes what is written.
type rowTx struct{ row, wrote []any }

func (r *rowTx) Row([]any, string, ...any) error { return nil }

func (r *rowTx) Each(scan func(func(...any) error) error, _ string, _ ...any) error {
	return scan(func(dest ...any) error {
		for i := range dest {
			to := reflect.ValueOf(dest[i]).Elem()
			to.Set(reflect.ValueOf(r.row[i]).Convert(to.Type()))
		}
		return nil
	})
}

func (r *rowTx) Exec(_ string, args ...any) (int64, error) {
	r.wrote = args
	return 1, nil
}

// TestARowThatWasChangedStaysKnownAsThat when retention or another name writes it anew.
func TestARowThatWasChangedStaysKnownAsThat(t *testing.T) {
	l := Link{Series: "oslo", Position: 2, Dir: "oslo/2026-11-19", Facts: Facts{Account: "T12345678", Report: "oslo", Number: "2"}}
	for _, off := range []int64{0, 1} {
		tx := &rowTx{row: []any{l.Account, l.Series, l.Position, l.PeriodID, l.Edition, l.Report, l.Number, l.From, l.To, l.Dir, "[]", "", "", 0, 0, l.checksum("[]") + off}}
		if err := SetState(tx, 1, Removing); err != nil {
			t.Fatal(err)
		}
		now := l
		now.State = Removing
		if sound := tx.wrote[2] == now.checksum("[]"); sound != (off == 0) {
			t.Errorf("off by %d: sound is %t", off, sound)
		}
	}
}
