package engine_test

import (
	"bytes"
	"context"
	"net/mail"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"rapport/internal/ledger"
	"rapport/internal/payment"
	"rapport/internal/paymenttest"
	"rapport/internal/shoptest"
)

// backUp copies the ledger and the archive, and gives what puts the ledger back as README says,
// and the archive too.
func backUp(t *testing.T, s *shoptest.Shop) (restoreLedger, restoreArchive func()) {
	t.Helper()
	kept := t.TempDir()
	content, err := os.ReadFile(s.State()) // nobody has it open, so it is whole
	paymenttest.Must(t, err)
	paymenttest.Must(t, os.CopyFS(filepath.Join(kept, "archive"), os.DirFS(s.Archive)))
	restoreLedger = func() {
		for _, suffix := range []string{"-wal", "-shm", "-witness"} {
			_ = os.Remove(s.State() + suffix)
		}
		paymenttest.Must(t, os.WriteFile(s.State(), content, 0o600))
	}
	restoreArchive = func() {
		paymenttest.Must(t, os.RemoveAll(s.Archive))
		paymenttest.Must(t, os.CopyFS(s.Archive, os.DirFS(filepath.Join(kept, "archive"))))
	}
	return restoreLedger, restoreArchive
}

func TestWhatTheArchiveHasIsNotMailedAgainAfterARestore(t *testing.T) {
	t.Parallel()
	s := shoptest.New(t, paymenttest.OneSale(t), paymenttest.Mailed("a@x.no", "later@x.no"))
	s.Operator = &mail.Address{Address: "op@x.no"}
	s.Box.Failing("later@x.no", shoptest.NotSent())
	s.Run()
	restore, _ := backUp(t, s)
	s.Box.Failing("later@x.no", nil)
	for range 3 { // what waited at the time of the backup goes out too
		s.Days(1)
		s.Run()
	}
	if got := strings.Split(s.Sent(), ", "); len(got) != 8 {
		t.Fatalf("%d mails: %v", len(got), got)
	}
	restore()
	s.Clock.Time = s.Clock.Add(time.Hour)
	s.Run()
	if got := sentToOthers(s); got != "" {
		t.Errorf("mailed again: %s", got)
	}
	if d := deliveryTo(t, s, "2026-11-19", "later@x.no"); d.State != ledger.Sent || !strings.Contains(d.Answer, "archive") {
		t.Errorf("what went out after the backup is %s: %s", d.State, d.Answer)
	}
	s.Days(1)
	s.Run()
	if got := sentToOthers(s); strings.Count(got, "2026-11-23") != 2 || strings.Contains(got, "2026-11-22") {
		t.Errorf("what falls due later goes out: %s", got)
	}
	if d := deliveryTo(t, s, "2026-11-23", "a@x.no"); d.Mark == "" {
		t.Error("what is made after a restore has the Message-ID of what may have been made before")
	}
}

func TestWithTheArchiveOfTheBackupWhatFellDueSinceIsHeld(t *testing.T) {
	t.Parallel()
	s := shoptest.New(t, paymenttest.OneSale(t), paymenttest.Mailed("a@x.no", "later@x.no"))
	s.Operator = &mail.Address{Address: "op@x.no"}
	s.Box.Failing("later@x.no", shoptest.NotSent())
	s.Run()
	restore, restoreArchive := backUp(t, s)
	s.Box.Failing("later@x.no", nil)
	before := map[string][]byte{} // by Message-ID
	for range 3 {
		s.Days(1)
		s.Run()
	}
	for _, m := range s.Letters() {
		before[m.ID] = m.Bytes()
	}
	restore()
	restoreArchive()
	s.Source = paymenttest.Source{Sales: []payment.Transaction{paymenttest.Captured(t, "a", 54321)}} // and so other bytes
	s.Clock.Time = s.Clock.Add(time.Hour)
	s.Run()
	rows := heldRows(t, s)
	if len(rows) != 6 {
		t.Errorf("%d are held of what fell due since: %s", len(rows), s.Said())
	}
	for _, row := range rows {
		if before[row.MessageID] != nil || row.Uncertain != 1 {
			t.Errorf("%s to %s has the Message-ID of another one, or is not counted: %+v", row.Period, row.Recipient, row)
		}
	}
	alarms := 0
	for _, m := range s.Letters() {
		switch {
		case m.To == "op@x.no":
			if _, text := shoptest.SubjectAndText(t, m); strings.Contains(text, "sikkerhetskopi") {
				alarms++
				if !strings.Contains(text, "20.11.2026") && !strings.Contains(text, "20. november 2026") {
					t.Errorf("the alarm does not say since when: %s", text)
				}
			}
		case !bytes.Equal(before[m.ID], m.Bytes()):
			t.Errorf("to %s went other bytes, or another message, than before", m.To)
		}
	}
	if alarms != 1 {
		t.Errorf("%d alarms say that it was restored", alarms)
	}
	if d := deliveryTo(t, s, "2026-11-19", "later@x.no"); d.State != ledger.Sent || d.Uncertain != 1 {
		t.Errorf("what waited in the backup is %s, uncertain %d", d.State, d.Uncertain)
	}
	release(t, s, rows)
	s.Run()
	if got := strings.Split(sentToOthers(s), ", "); len(got) != 6 {
		t.Errorf("released: %v", got)
	}
	s.Run()
	if got := s.Alarms(); strings.Contains(got, "restored") {
		t.Errorf("nothing is in doubt any more: %s", got)
	}
	for _, row := range rows { // the second restore of a ledger has a mark of its own
		before[row.MessageID] = nil
	}
	restore()
	restoreArchive()
	s.Clock.Time = s.Clock.Add(time.Hour)
	s.Run()
	for _, row := range heldRows(t, s) {
		if _, used := before[row.MessageID]; used {
			t.Errorf("a second restore gives %s the Message-ID of the first", row.Period)
		}
	}
}

func heldRows(t *testing.T, s *shoptest.Shop) []ledger.Delivery {
	t.Helper()
	book := s.Open()
	defer book.Close()
	rows, err := book.Deliveries(context.Background(), ledger.Filter{State: string(ledger.Held)})
	paymenttest.Must(t, err)
	return rows
}

func release(t *testing.T, s *shoptest.Shop, rows []ledger.Delivery) {
	t.Helper()
	book := s.Open()
	defer book.Close()
	for _, row := range rows {
		_, err := book.Release(context.Background(), row.ID, row.QueuedAt)
		paymenttest.Must(t, err)
	}
}

// deliveryTo is that of a period to a recipient.
func deliveryTo(t *testing.T, s *shoptest.Shop, period, recipient string) ledger.Delivery {
	t.Helper()
	book := s.Open()
	defer book.Close()
	rows, err := book.Deliveries(context.Background(), ledger.Filter{Period: period, Recipient: recipient})
	if err != nil || len(rows) != 1 {
		t.Fatalf("%s to %s: %d, %v", period, recipient, len(rows), err)
	}
	return rows[0]
}

// sentToOthers is what the relay took but for the operator's mails.
func sentToOthers(s *shoptest.Shop) string {
	s.Box.Mu.Lock()
	kept := s.Box.Got[:0]
	for _, m := range s.Box.Got {
		if m.To != "op@x.no" {
			kept = append(kept, m)
		}
	}
	s.Box.Got = kept
	s.Box.Mu.Unlock()
	return s.Sent()
}
