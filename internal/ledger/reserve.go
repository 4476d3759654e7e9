package ledger

import (
	"crypto/rand"
	"errors"
	"os"
)

const reserveSize = 256 << 10 // bytes; what closing the open dialogues takes, several times

// keepReserve puts a file beside the ledger whose space is given up when the disk is full
// and something that has happened must be written down. Without the space for it there is
// none, until there is.
func (p *dbFile) keepReserve() {
	if info, err := os.Stat(p.reservePath()); err == nil && info.Size() >= reserveSize {
		return
	}
	f, err := os.CreateTemp(p.locks(), "ballast-")
	if err != nil {
		return
	}
	// Random bytes: a file system that compresses, or leaves holes, must not cheat.
	content := make([]byte, reserveSize)
	_, _ = rand.Read(content)
	_, err = f.Write(content)
	if err = errors.Join(err, f.Sync(), f.Close()); err == nil {
		err = os.Rename(f.Name(), p.reservePath())
	}
	if err != nil {
		_ = os.Remove(f.Name())
	}
}

// freeReserve says whether there was some to give up.
func (p *dbFile) freeReserve() bool {
	return os.Remove(p.reservePath()) == nil
}
