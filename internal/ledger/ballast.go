package ledger

import (
	"crypto/rand"
	"errors"
	"os"
)

const ballastSize = 256 << 10 // bytes; what closing the open dialogues takes, several times

// keepBallast puts a file beside the ledger whose space is given up when the disk is full
// and something that has happened must be written down. Without the space for it there is
// none, until there is.
func (p *place) keepBallast() {
	if info, err := os.Stat(p.ballast()); err == nil && info.Size() >= ballastSize {
		return
	}
	f, err := os.CreateTemp(p.locks(), "ballast-")
	if err != nil {
		return
	}
	// Random bytes: a file system that compresses, or leaves holes, must not cheat.
	heavy := make([]byte, ballastSize)
	_, _ = rand.Read(heavy)
	_, err = f.Write(heavy)
	if err = errors.Join(err, f.Sync(), f.Close()); err == nil {
		err = os.Rename(f.Name(), p.ballast())
	}
	if err != nil {
		_ = os.Remove(f.Name())
	}
}

// dropBallast says whether there was some to give up.
func (p *place) dropBallast() bool {
	return os.Remove(p.ballast()) == nil
}
