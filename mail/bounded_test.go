package mail

import (
	"strings"
	"testing"

	"github.com/wneessen/go-mail/smtp"
)

func TestALoginThatWouldHashForeverIsRefused(t *testing.T) {
	for _, rounds := range []string{"40000000", "9999999999999999999", "many"} {
		challenge := []byte("r=nonce,s=c2FsdA==,i=" + rounds)
		if _, err := (bounded{deaf{}}).Next(challenge, true); err == nil || !strings.Contains(err.Error(), "rounds of hashing") {
			t.Errorf("%s: got %v", rounds, err)
		}
	}
	if _, err := (bounded{deaf{}}).Next([]byte("r=nonce,s=c2FsdA==,i=4096"), true); err != nil {
		t.Error(err)
	}
}

// deaf is a mechanism that takes any challenge.
type deaf struct{ smtp.Auth }

func (deaf) Next([]byte, bool) ([]byte, error) { return nil, nil }
