package processes

import (
	"crypto/rand"
	"errors"
)

// A Claim is one take of one row. What is written under it fails with ErrLost once the row was
// given back or taken away, though the same process may have claimed it again since. It
// belongs to a process: when that is dead, Reap frees the row.
type Claim struct {
	Row   int64
	Token string // known to nobody else; "" claims nothing
}

// NewClaim takes a row.
func NewClaim(row int64) Claim { return Claim{row, rand.Text()} }

// Attempt is how the archive names what is made under a claim; RecordMade writes it down.
func (c Claim) Attempt() string { return c.Token[:min(len(c.Token), 8)] }

// ErrLost is wrapped when a claim that the caller thought its own is not.
var ErrLost = errors.New("the claim is lost")
