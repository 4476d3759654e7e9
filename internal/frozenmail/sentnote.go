package frozenmail

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"rapport/internal/ledger"
	"rapport/internal/message"
)

// noteAfter is how long the ledger may take to write that a message was sent before a note of
// it is written: most take a thousandth of that.
const noteAfter = 250 * time.Millisecond

// FinishSent writes down that a message was sent: in the ledger, and beside the message as
// long as that takes.
func (f *Messages) FinishSent(row ledger.Delivery, result ledger.Result, write func() (written bool)) error {
	if row.File == "" {
		write()
		return nil
	}
	note := message.SentNote{MessageID: row.MessageID, Answer: result.Answer, At: result.At}
	var once sync.Mutex
	finished, noted := false, false
	timer := time.AfterFunc(noteAfter, func() {
		once.Lock()
		defer once.Unlock()
		if finished {
			return
		}
		noted = true
		if err := note.Write(f.Archive, filepath.ToSlash(row.File)); err != nil {
			f.Log.Error("the ledger is busy, and a note of a sent message could not be written beside it", "delivery", row.ID, "error", err)
		}
	})
	written := write()
	timer.Stop()
	once.Lock()
	defer once.Unlock()
	finished = true
	if written && noted { // perhaps after the ledger had it
		f.Discard(row)
	}
	if !written {
		if err := note.Write(f.Archive, filepath.ToSlash(row.File)); err != nil {
			return fmt.Errorf("delivery %d: was sent, and neither the ledger nor its message's directory takes that: %w", row.ID, err)
		}
	}
	return nil
}

// DecidedInLost tells whether the archive proves that a message which waited in a backup was
// sent, or given up, before that was restored: the files of its period stand in their place, and
// it lies no more where it waited.
func (f *Messages) DecidedInLost(ctx context.Context, row ledger.Delivery) (result ledger.Result, found bool) {
	if !row.InDoubt || row.File == "" || f.Archive.Has(ctx, row.File) {
		return result, false
	}
	files, err := f.Ledger.Artifacts(ctx, row.PeriodID)
	if err != nil || len(files) == 0 || slices.ContainsFunc(files, func(a ledger.Artifact) bool { return !f.Archive.Has(ctx, a.Path) }) {
		return result, false
	}
	return ledger.Result{At: f.Clock(), State: ledger.Sent, Answer: "the archive shows that it went out after the backup from which the ledger was restored"}, true
}

// Noted tells whether a note says that a message was sent, when and with what answer.
func (f *Messages) Noted(row ledger.Delivery) (result ledger.Result, found bool) {
	if !row.Begun || row.File == "" {
		return result, false
	}
	note, found := message.ReadSentNote(f.Archive, filepath.ToSlash(row.File), row.MessageID)
	return ledger.Result{At: note.At, State: ledger.Sent, Answer: note.Answer}, found
}
