package access

import (
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"

	"golang.org/x/crypto/argon2"
)

// What a hash that we make costs: 19 MiB and two passes, as OWASP advises.
const (
	memoryKiB = 19 << 10
	passes    = 2
	saltBytes = 16
	keyBytes  = 32
)

// What a hash that somebody else made may cost.
const (
	mostMemoryKiB = 256 << 10
	mostPasses    = 20
	mostThreads   = 16
)

// A Hash is what is kept of a password: Argon2id, written as a PHC string.
type Hash struct {
	text           string
	memory, passes uint32
	threads        uint8
	salt, key      []byte
}

// NewHash hashes a password. Of salt, which nobody can guess, the first 16 bytes are taken.
func NewHash(password string, salt []byte) Hash {
	h := Hash{memory: memoryKiB, passes: passes, threads: 1, salt: salt[:saltBytes]}
	h.key = h.derive(password, keyBytes)
	encode := base64.RawStdEncoding.EncodeToString
	h.text = fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, h.memory, h.passes, h.threads, encode(h.salt), encode(h.key))
	return h
}

// ParseHash reads a PHC string. Its error shows nothing of it.
func ParseHash(text string) (h Hash, err error) {
	parts := strings.Split(text, "$")
	if len(parts) != 6 || parts[0] != "" || parts[1] != "argon2id" {
		return h, errors.New("is no argon2id hash — rapport password makes one")
	}
	if parts[2] != fmt.Sprintf("v=%d", argon2.Version) {
		return h, errors.New("is of another version of argon2id — rapport password makes one")
	}
	if _, err := fmt.Sscanf(parts[3]+"\n", "m=%d,t=%d,p=%d\n", &h.memory, &h.passes, &h.threads); err != nil {
		return h, errors.New("has no parameters like m=19456,t=2,p=1 — rapport password makes a hash")
	}
	if h.memory < 8 || h.memory > mostMemoryKiB || h.passes < 1 || h.passes > mostPasses || h.threads < 1 || h.threads > mostThreads {
		return h, fmt.Errorf("costs too little or too much: at most m=%d,t=%d,p=%d", mostMemoryKiB, mostPasses, mostThreads)
	}
	var wrong, wrongKey error
	h.salt, wrong = base64.RawStdEncoding.Strict().DecodeString(parts[4])
	h.key, wrongKey = base64.RawStdEncoding.Strict().DecodeString(parts[5])
	if wrong != nil || wrongKey != nil || len(h.salt) < 8 || len(h.salt) > 64 || len(h.key) < 16 || len(h.key) > 64 {
		return h, errors.New("is cut, or not base64 — rapport password makes a hash")
	}
	h.text = text
	return h, nil
}

// String is the PHC string.
func (h Hash) String() string { return h.text }

// Matches tells whether it is the hash of a password.
func (h Hash) Matches(password string) bool {
	return subtle.ConstantTimeCompare(h.derive(password, uint32(len(h.key))), h.key) == 1
}

func (h Hash) derive(password string, length uint32) []byte {
	return argon2.IDKey([]byte(password), h.salt, h.passes, h.memory, h.threads, length)
}
