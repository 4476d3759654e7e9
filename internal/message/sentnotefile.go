package message

import (
	"context"
	"encoding/json"
	"os"
	"time"

	"rapport/internal/archive"
	"rapport/internal/durable"
)

// A SentNote lies beside a message that the relay has taken while the ledger could not be
// written, so that the next process knows and does not send it again.
type SentNote struct {
	MessageID, Answer string
	At                time.Time
}

// Write writes the note of the message of a key.
func (n SentNote) Write(a archive.Archive, key string) error {
	data, err := json.Marshal(n)
	if err != nil {
		return err
	}
	path := a.Path(key + archive.SentSuffix)
	err = durable.WriteFile(path, data)
	if err == nil {
		err = a.PutFile(context.Background(), key+archive.SentSuffix)
	}
	return err
}

// ReadSentNote reads the note of a message. One that cannot be read, or is of another message,
// says nothing.
func ReadSentNote(a archive.Archive, key, messageID string) (note SentNote, found bool) {
	path, err := a.Fetch(context.Background(), key+archive.SentSuffix)
	if err != nil {
		return note, false
	}
	data, err := os.ReadFile(path)
	if err != nil || json.Unmarshal(data, &note) != nil || note.MessageID != messageID {
		return SentNote{}, false
	}
	return note, true
}
