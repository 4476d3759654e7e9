package engine

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"rapport/internal/archive"
	"rapport/internal/durable"
	"rapport/internal/ledger"
)

// A sentNote lies beside a message that the relay has taken while the ledger could not be
// written, so that the next process knows and does not send it again.
type sentNote struct {
	MessageID, Answer string
	At                time.Time
}

// noteAfter is how long the ledger may take to write that a message was sent before a note of
// it is written: most take a thousandth of that.
const noteAfter = 250 * time.Millisecond

// sentNotes are those of an archive.
type sentNotes struct{ archive string }

func (n sentNotes) path(row ledger.Delivery) string {
	return filepath.Join(n.archive, row.File+archive.SentSuffix)
}

// finishSent writes down that a message was sent: in the ledger, and beside the message as
// long as that takes.
func (s *sender) finishSent(row ledger.Delivery, result ledger.Result) {
	if row.File == "" {
		s.writeResult(row, result)
		return
	}
	var once sync.Mutex
	finished, noted := false, false
	timer := time.AfterFunc(noteAfter, func() {
		once.Lock()
		defer once.Unlock()
		if finished {
			return
		}
		noted = true
		if err := s.notes().write(row, result); err != nil {
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
		if err := s.notes().write(row, result); err != nil {
			s.faults.add(fmt.Errorf("delivery %d: was sent, and neither the ledger nor its message's directory takes that: %w", row.ID, err))
		}
	}
}

func (s *sender) writeResult(row ledger.Delivery, result ledger.Result) (written bool) {
	return s.pending.write(deliveryName(row), func(ctx context.Context) error { return recordResult(ctx, s, row, result) })
}

func (n sentNotes) write(row ledger.Delivery, result ledger.Result) error {
	data, err := json.Marshal(sentNote{MessageID: row.MessageID, Answer: result.Answer, At: result.At})
	if err != nil {
		return err
	}
	return durable.WriteFile(n.path(row), data)
}

// decidedInLost tells whether the archive proves that a message which waited in a backup was
// sent, or given up, before that was restored: the files of its period stand in their place, and
// it lies no more where it waited.
func decidedInLost(ctx context.Context, e *core, row ledger.Delivery) (result ledger.Result, found bool) {
	if !row.InDoubt || row.File == "" || archive.Exists(filepath.Join(e.Archive, row.File)) {
		return result, false
	}
	files, err := e.Ledger.Artifacts(ctx, row.PeriodID)
	if err != nil || len(files) == 0 || slices.ContainsFunc(files, func(f ledger.Artifact) bool { return !archive.Exists(filepath.Join(e.Archive, f.Path)) }) {
		return result, false
	}
	return ledger.Result{At: e.Clock(), State: ledger.Sent, Answer: "the archive shows that it went out after the backup from which the ledger was restored"}, true
}

// read tells whether a note says that a message was sent, when and with what answer. One that
// cannot be read says nothing.
func (n sentNotes) read(row ledger.Delivery) (result ledger.Result, found bool) {
	if !row.Begun || row.File == "" {
		return result, false
	}
	data, err := os.ReadFile(n.path(row))
	var note sentNote
	if err != nil || json.Unmarshal(data, &note) != nil || note.MessageID != row.MessageID {
		return result, false
	}
	return ledger.Result{At: note.At, State: ledger.Sent, Answer: note.Answer}, true
}
