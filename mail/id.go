package mail

import (
	"crypto/sha256"
	"encoding/base32"
	"encoding/binary"
	"strings"
)

// MessageID is a Message-ID, without angle brackets, that is the same for the same
// identity for ever: 32 characters of a plain SHA-256 over the parts, each preceded by
// its length, at domain. Who gets the same message twice can see that it is the same.
func MessageID(domain string, identity ...string) string {
	hash := sha256.New()
	for _, part := range identity {
		hash.Write(binary.BigEndian.AppendUint64(nil, uint64(len(part))))
		hash.Write([]byte(part))
	}
	return strings.ToLower(base32.StdEncoding.EncodeToString(hash.Sum(nil)[:20])) + "@" + domain
}
