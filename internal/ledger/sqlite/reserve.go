package sqlite

import (
	"crypto/rand"
	"errors"
	"os"
)

const reserveSize = 256 << 10 // bytes; what closing the open dialogues takes, several times

// KeepReserve puts a file beside the ledger whose space is given up when the disk is full
// and something that has happened must be written down. Without the space for it there is
// none, until there is.
func (b *Backend) KeepReserve() {
	if info, err := os.Stat(b.file.reserve()); err == nil && info.Size() >= reserveSize {
		return
	}
	f, err := os.CreateTemp(b.file.locks(), "ballast-")
	if err != nil {
		return
	}
	// Random bytes: a file system that compresses, or leaves holes, must not cheat.
	content := make([]byte, reserveSize)
	_, _ = rand.Read(content)
	_, err = f.Write(content)
	if err = errors.Join(err, f.Sync(), f.Close()); err == nil {
		err = os.Rename(f.Name(), b.file.reserve())
	}
	if err != nil {
		_ = os.Remove(f.Name())
	}
}

// FreeReserve tells whether there was some to give up.
func (b *Backend) FreeReserve() bool {
	return os.Remove(b.file.reserve()) == nil
}
