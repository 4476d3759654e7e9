// Package ident says what makes a thing the same thing, so that it is made and sent once:
// the identity of a delivery, from which Message-ID and file name follow. It must give the
// same answer in every version, and so depends on nothing of ours.
package ident

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"time"
)

// ShortHash sets apart names that would otherwise be the same.
func ShortHash(parts []string) string {
	hash := sha256.Sum256([]byte(strings.Join(parts, "\x00")))
	return hex.EncodeToString(hash[:4])
}

// An Delivery is what makes a message the same message: the account, the report, the
// period and the recipient, and a mark that sets apart what is not their first delivery.
type Delivery struct {
	Account, Report string
	From, To        time.Time // half-open
	Recipient, Mark string
}

// Parts are what Message-ID and file name are hashed of.
func (id Delivery) Parts() []string {
	parts := []string{id.Account, id.Report, Instant(id.From), Instant(id.To), id.Recipient}
	if id.Mark != "" {
		parts = append(parts, id.Mark)
	}
	return parts
}

func Instant(t time.Time) string { return t.UTC().Format(time.RFC3339) }
