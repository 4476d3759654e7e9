// Package scram is the client's side of SCRAM (RFC 5802) over a mechanism of go-mail, which
// computes the server's proof that it knows the password, and checks neither that it came nor
// what came before it. It refuses a server that takes a login without a proof.
package scram

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"strconv"

	"github.com/wneessen/go-mail/smtp"
)

// Exchange is one login.
type Exchange struct {
	smtp.Auth
	last turn
}

// A turn is what the server has said last.
type turn int

const (
	nothing   turn = iota
	greeting       // it asked for the name and our nonce
	challenge      // its nonce, a salt and the rounds: only now its proof is worth anything
	proof
)

// ErrUnproven is a server that another than ours may be.
var ErrUnproven = errors.New("the server did not prove that it knows the password (its SCRAM signature)")

// Next answers the server's turn. At the end (more is false) said is the text of the reply that
// takes the login: a proof may stand in it, and without one the login is not believed.
func (e *Exchange) Next(said []byte, more bool) ([]byte, error) {
	if !more {
		return nil, e.end(said)
	}
	now := e.last + 1
	switch {
	case len(said) == 0 && now != greeting, bytes.HasPrefix(said, []byte("r=")) && now != challenge, bytes.HasPrefix(said, []byte("v=")) && now != proof:
		return nil, fmt.Errorf("%w: its answers stand in another order", ErrUnproven)
	}
	if err := checkRounds(said); err != nil {
		return nil, err
	}
	response, err := e.Auth.Next(said, true)
	switch {
	case err != nil && now == proof:
		return nil, fmt.Errorf("%w: %w", ErrUnproven, err)
	case err == nil:
		e.last = now
	}
	return response, err
}

// end is nil when the server has proven itself, at the latest in the words that take the login.
func (e *Exchange) end(text []byte) error {
	for word := range bytes.FieldsSeq(text) {
		said, err := base64.StdEncoding.AppendDecode(nil, word)
		if err == nil && e.last == challenge && bytes.HasPrefix(said, []byte("v=")) {
			_, err := e.Next(said, true)
			return err
		}
	}
	if e.last != proof {
		return fmt.Errorf("%w before it took the login", ErrUnproven)
	}
	return nil
}

const maxRounds = 1_000_000

// checkRounds refuses a challenge that asks for more rounds of hashing than any honest server
// does: go-mail would compute them all, past every deadline.
func checkRounds(said []byte) error {
	for field := range bytes.SplitSeq(said, []byte(",")) {
		rounds, found := bytes.CutPrefix(field, []byte("i="))
		if n, err := strconv.Atoi(string(rounds)); found && (err != nil || n > maxRounds) {
			return fmt.Errorf("the server asks for %.40q rounds of hashing, more than %d", rounds, maxRounds)
		}
	}
	return nil
}
