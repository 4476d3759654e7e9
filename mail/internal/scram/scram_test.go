package scram

import (
	"strings"
	"testing"

	"github.com/wneessen/go-mail/smtp"
)

func TestALoginThatWouldHashForeverIsRefused(t *testing.T) {
	for _, rounds := range []string{"40000000", "9999999999999999999", "many"} {
		challenge := []byte("r=nonce,s=c2FsdA==,i=" + rounds)
		if _, err := (&Exchange{acceptAll{}, greeting}).Next(challenge, true); err == nil || !strings.Contains(err.Error(), "rounds of hashing") {
			t.Errorf("%s: got %v", rounds, err)
		}
	}
	if _, err := (&Exchange{acceptAll{}, greeting}).Next([]byte("r=nonce,s=c2FsdA==,i=4096"), true); err != nil {
		t.Error(err)
	}
}

// acceptAll is a mechanism that takes any challenge.
type acceptAll struct{ smtp.Auth }

func (acceptAll) Next([]byte, bool) ([]byte, error) { return nil, nil }
