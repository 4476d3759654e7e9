package builder

import (
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"rapport/internal/archive"
	"rapport/internal/extsort"
	"rapport/internal/paymenttest"
	"rapport/internal/settlement"
	"rapport/reportconfig"
)

// storedObjects is a store that has some objects.
type storedObjects struct {
	archive.Objects
	have map[string][]byte
}

func (s storedObjects) Open(_ context.Context, key string) (io.ReadCloser, error) {
	data, ok := s.have[key]
	if !ok {
		return nil, fs.ErrNotExist
	}
	return io.NopCloser(bytes.NewReader(data)), nil
}

func (s storedObjects) List(context.Context, string) (all []archive.Object, err error) {
	for key := range s.have {
		all = append(all, archive.Object{Key: key})
	}
	return all, nil
}

func (s storedObjects) String() string { return "store/" }

// historyOf reads what the reports before one of Thursday have left.
func historyOf(t *testing.T, a archive.Archive) (*settlement.History, error) {
	t.Helper()
	r := newBuilder(t, paymenttest.Source{})
	r.Archive = a
	rep := paymenttest.Report(reportconfig.Settlements{}, "no")
	rep.ID = "payouts"
	spools := extsort.NewScratch(t.TempDir())
	t.Cleanup(func() { spools.Close() })
	return settlementBuilder{r}.settlementHistory(t.Context(), batchOf(t, "2026-11-19", rep)[0], spools)
}

// packedRecord is a record as it lies in the archive.
func packedRecord(t *testing.T, day string) []byte {
	t.Helper()
	p := paymenttest.Period(t, day)
	data, err := (&settlement.Record{Version: 2, Name: day, From: p.From, To: p.To}).Pack()
	paymenttest.Must(t, err)
	return data
}

// laid lays a file of a period into a directory of the archive.
func laid(t *testing.T, dir, day, name string, data []byte) {
	t.Helper()
	path := filepath.Join(dir, archive.PeriodKey("payouts", day), name)
	paymenttest.Must(t, os.MkdirAll(filepath.Dir(path), 0o700))
	paymenttest.Must(t, os.WriteFile(path, data, 0o600))
}

// TestARecordThatTheLedgerForgetsIsNotRead, but for those before a pause.
func TestARecordThatTheLedgerForgetsIsNotRead(t *testing.T) {
	a := archive.Archive{Dir: t.TempDir()}
	lies := func(day string, data []byte) {
		laid(t, a.Dir, day, archive.Seal, nil)
		laid(t, a.Dir, day, settlement.RecordFile, data)
	}
	lies("2024-01-01", packedRecord(t, "2024-01-01"))
	if h, err := historyOf(t, a); err != nil || !h.Holds("2024-01-01") {
		t.Errorf("the last record, of before a pause, is not read: %v", err)
	}
	lies("2026-11-18", packedRecord(t, "2026-11-18"))
	lies("2024-01-01", []byte("rotten"))
	if h, err := historyOf(t, a); err != nil || !h.Holds("2026-11-18") {
		t.Errorf("a record that nobody needs stops the report: %v", err)
	}
	lies("2026-11-17", []byte("rotten"))
	if _, err := historyOf(t, a); err == nil {
		t.Error("a rotten record is passed over")
	}
}

// TestARottenCopyOfARecordIsFetchedAgain: this machine's is a copy of the store's. One that the
// store has not stays, and stops the report.
func TestARottenCopyOfARecordIsFetchedAgain(t *testing.T) {
	whole := packedRecord(t, "2026-11-18")
	key := archive.PeriodKey("payouts", "2026-11-18")
	store := storedObjects{have: map[string][]byte{key + "/" + archive.Seal: nil, key + "/" + settlement.RecordFile: whole}}
	a := archive.Archive{Dir: t.TempDir(), Objects: store}
	for _, cut := range []int{0, len(whole) / 2, len(whole) - 1} { // the end is read when it is added
		laid(t, a.Dir, "2026-11-18", settlement.RecordFile, whole[:cut])
		if h, err := historyOf(t, a); err != nil || !h.Holds("2026-11-18") {
			t.Errorf("%d of %d bytes: %v", cut, len(whole), err)
		}
	}
	delete(store.have, key+"/"+settlement.RecordFile)
	laid(t, a.Dir, "2026-11-18", settlement.RecordFile, whole[:1])
	for range 2 {
		if _, err := historyOf(t, a); err == nil || errors.Is(err, fs.ErrNotExist) {
			t.Errorf("a rotten record that nobody else has: %v", err)
		}
	}
}
