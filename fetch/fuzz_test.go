package fetch

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
)

func FuzzDecodeFile(f *testing.F) {
	for _, seed := range []string{row("a") + "\n" + row("b"), rows("a", "b"), "\ufeff[]", "", "\x1f\x8b", "{}\n[]"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, content []byte) {
		err := decodeRows(bytes.NewReader(content), transaction, func(tr Transaction) error { return sound(tr) })
		if err != nil && strings.Contains(err.Error(), "unsound") {
			t.Error(err)
		}
	})
}

func FuzzDecodePage(f *testing.F) {
	f.Add([]byte(minimal(`,"events":[{"event":"CAPTURE","amount":5,"created_at":"2026-11-19T10:00:00Z","splits":[{"payout_destination_id":"a","amount":1}]}]`)))
	f.Fuzz(func(t *testing.T, page []byte) {
		count := 0
		_, err := decodeEach(bytes.NewReader(page), bare, transaction, func(tr Transaction) error { count++; return sound(tr) })
		if err != nil && strings.Contains(err.Error(), "unsound") {
			t.Error(err)
		}
		if trimmed := bytes.TrimRight(page, " \t\r\n"); err == nil && len(trimmed) > 0 {
			if _, cutErr := decodeTransactions(string(trimmed[:len(trimmed)-1])); cutErr == nil {
				t.Errorf("%d rows, and without the last byte it passes too", count)
			}
		}
	})
}

// sound checks what a transaction promises whatever the source says.
func sound(tr Transaction) error {
	bad := tr.ID == "" || tr.Amount < 0 || tr.Currency == "" || tr.CreatedAt.IsZero()
	for _, e := range tr.Events {
		money := e.Success && (e.Type == "CAPTURE" || e.Type == "REFUND")
		bad = bad || e.Amount < 0 || money && e.CreatedAt.IsZero() || e.VAT != nil && *e.VAT < 0
	}
	if bad {
		return fmt.Errorf("unsound: %+v", tr)
	}
	return nil
}
