package settlement_test

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"io"
	"slices"
	"testing"

	"rapport/internal/settlement"
)

// A record that an older version left is gone on from: what it counted, in the order of time, is
// counted no second time.
func TestARecordOfTheFirstVersionIsGoneOnFrom(t *testing.T) {
	b := newBooks(t)
	b.sold("11-17 10:00", "payout", 100, "")
	b.sold("11-17 11:00", "payout", 100, "")
	o, err := settlement.Make(b.question("2026-11-17"), b.history, b.reading())
	if err != nil {
		t.Fatal(err)
	}
	made, err := o.Record.Pack()
	if err != nil {
		t.Fatal(err)
	}
	zip, err := gzip.NewReader(bytes.NewReader(made))
	if err != nil {
		t.Fatal(err)
	}
	whole, err := io.ReadAll(zip)
	if err != nil {
		t.Fatal(err)
	}
	_, all, _ := bytes.Cut(whole, []byte("\n"))
	half := len(all) / 2
	if half == 0 {
		t.Fatal("nothing was counted")
	}
	for _, counted := range [][]byte{all, slices.Concat(all[half:], all[:half])} {
		data, err := json.Marshal(o.Record)
		if err != nil {
			t.Fatal(err)
		}
		var first map[string]any
		if err := json.Unmarshal(data, &first); err != nil {
			t.Fatal(err)
		}
		first["version"], first["counted"] = 1, counted
		var packed bytes.Buffer
		zip := gzip.NewWriter(&packed)
		if err := json.NewEncoder(zip).Encode(first); err != nil {
			t.Fatal(err)
		}
		zip.Close()
		record, err := settlement.UnpackRecord(packed.Bytes())
		if err != nil {
			t.Fatal(err)
		}
		b.history = newHistory(t)
		if err := b.history.Add(record); err != nil {
			t.Fatal(err)
		}
		b.expect("2026-11-18", "payout opening 200 closing 200 unsettled 200, 0 rows")
	}
}

// A record whose last byte is gone, or whose count is another one, is refused, and not counted anew.
func TestADamagedRecordIsRefused(t *testing.T) {
	b := newBooks(t)
	b.sold("11-17 10:00", "payout", 100, "")
	packed, err := b.bridge("2026-11-17").Record.Pack()
	if err != nil {
		t.Fatal(err)
	}
	history := newHistory(t)
	for i := range packed[:len(packed)-1] {
		if i == 0 || i > 9 { // the other bytes of its head mean nothing
			refused(t, history, packed[:i])
		}
	}
	for i := 10; i < len(packed); i++ {
		other := bytes.Clone(packed)
		other[i] ^= 1
		refused(t, history, other)
	}
}

// refused has a history take a record in.
func refused(t *testing.T, h *settlement.History, packed []byte) {
	t.Helper()
	record, err := settlement.UnpackRecord(packed)
	if err == nil {
		err = h.Add(record)
	}
	if err == nil {
		t.Fatalf("%d bytes are taken", len(packed))
	}
}
