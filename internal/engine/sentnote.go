package engine

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

// finishSent writes down that a message was sent: in the ledger, and beside the message as
// long as that takes.
func (s *sender) finishSent(row ledger.Delivery, result ledger.Result) {
	if row.File == "" {
		s.writeResult(row, result)
		return
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
		if err := note.Write(s.Archive, filepath.ToSlash(row.File)); err != nil {
			s.Log.Error("the ledger is busy, and a note of a sent message could not be written beside it", "delivery", row.ID, "error", err)
		}
	})
	written := s.writeResult(row, result)
	timer.Stop()
	once.Lock()
	defer once.Unlock()
	finished = true
	if written && noted { // perhaps after the ledger had it
		s.discard(row)
	}
	if !written {
		if err := note.Write(s.Archive, filepath.ToSlash(row.File)); err != nil {
			s.faults.add(fmt.Errorf("delivery %d: was sent, and neither the ledger nor its message's directory takes that: %w", row.ID, err))
		}
	}
}

func (s *sender) writeResult(row ledger.Delivery, result ledger.Result) (written bool) {
	return s.pending.write(deliveryName(row), func(ctx context.Context) error { return recordResult(ctx, s, row, result) })
}

// decidedInLost tells whether the archive proves that a message which waited in a backup was
// sent, or given up, before that was restored: the files of its period stand in their place, and
// it lies no more where it waited.
func decidedInLost(ctx context.Context, e *core, row ledger.Delivery) (result ledger.Result, found bool) {
	if !row.InDoubt || row.File == "" || e.Archive.Has(ctx, row.File) {
		return result, false
	}
	files, err := e.Ledger.Artifacts(ctx, row.PeriodID)
	if err != nil || len(files) == 0 || slices.ContainsFunc(files, func(f ledger.Artifact) bool { return !e.Archive.Has(ctx, f.Path) }) {
		return result, false
	}
	return ledger.Result{At: e.Clock(), State: ledger.Sent, Answer: "the archive shows that it went out after the backup from which the ledger was restored"}, true
}

// noted tells whether a note says that a message was sent, when and with what answer.
func (e *core) noted(row ledger.Delivery) (result ledger.Result, found bool) {
	if !row.Begun || row.File == "" {
		return result, false
	}
	note, found := message.ReadSentNote(e.Archive, filepath.ToSlash(row.File), row.MessageID)
	return ledger.Result{At: note.At, State: ledger.Sent, Answer: note.Answer}, found
}
