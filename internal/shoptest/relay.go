package shoptest

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"

	ourmail "rapport/mail"
)

// Relay is a relay's stand-in that keeps what it is given, and fails as told. It asks
// for the intent where a relay would.
type Relay struct {
	Mu     sync.Mutex
	Got    []ourmail.Frozen
	Asked  int
	Fail   map[string]error // by recipient
	During func(ourmail.Frozen)
}

func (o *Relay) Send(_ context.Context, _ string, f ourmail.Frozen, intent func() error) (string, error) {
	o.Mu.Lock()
	o.Asked++
	err, during := o.Fail[f.To], o.During
	o.Mu.Unlock()
	var failed *ourmail.Error
	if errors.As(err, &failed) && failed.Verdict != ourmail.Uncertain {
		return "", err
	}
	if intent != nil {
		if err := intent(); err != nil {
			return "", &ourmail.Error{Verdict: ourmail.NotSent, Step: "data", Err: err}
		}
	}
	if during != nil {
		during(f)
	}
	o.Mu.Lock()
	defer o.Mu.Unlock()
	f.Pieces = [][]byte{f.Bytes()} // however it was cut
	o.Got = append(o.Got, f)
	return "250 ok", err
}

func (o *Relay) Failing(to string, e *ourmail.Error) {
	o.Mu.Lock()
	defer o.Mu.Unlock()
	if o.Fail == nil {
		o.Fail = map[string]error{}
	}
	delete(o.Fail, to)
	if e != nil {
		e.Err = errors.New("as the test wants it")
		if e.Code > 0 {
			e.Err = fmt.Errorf("%s %w", strings.TrimSpace(fmt.Sprint(e.Code, " ", e.Enhanced)), e.Err)
		}
		o.Fail[to] = e
	}
}

func NotSent() *ourmail.Error {
	return &ourmail.Error{Verdict: ourmail.NotSent, Step: "recipient", Code: 451}
}

func Refusal() *ourmail.Error {
	return &ourmail.Error{Verdict: ourmail.Refused, Step: "recipient", Code: 550}
}

func Unknown() *ourmail.Error { return &ourmail.Error{Verdict: ourmail.Uncertain, Step: "dot"} }

func RelayOut() *ourmail.Error {
	return &ourmail.Error{Verdict: ourmail.NotSent, Step: "connect", Relay: true}
}
