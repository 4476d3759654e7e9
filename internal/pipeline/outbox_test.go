package pipeline

import (
	"context"
	"errors"
	"sync"

	ourmail "rapport/mail"
)

// outbox is a relay's stand-in that keeps what it is given, and fails as told. It asks
// for the intent where a relay would.
type outbox struct {
	mu     sync.Mutex
	got    []ourmail.Frozen
	asked  int
	fail   map[string]error // by recipient
	during func(ourmail.Frozen)
}

func (o *outbox) Send(_ context.Context, _ string, f ourmail.Frozen, intent func() error) (string, error) {
	o.mu.Lock()
	o.asked++
	err, during := o.fail[f.To], o.during
	o.mu.Unlock()
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
	o.mu.Lock()
	defer o.mu.Unlock()
	o.got = append(o.got, f)
	return "250 ok", err
}

func (o *outbox) failing(to string, e *ourmail.Error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.fail == nil {
		o.fail = map[string]error{}
	}
	delete(o.fail, to)
	if e != nil {
		e.Err = errors.New("as the test wants it")
		o.fail[to] = e
	}
}

func notSent() *ourmail.Error {
	return &ourmail.Error{Verdict: ourmail.NotSent, Step: "recipient", Code: 451}
}
func refusal() *ourmail.Error {
	return &ourmail.Error{Verdict: ourmail.Refused, Step: "recipient", Code: 550}
}
func unknown() *ourmail.Error { return &ourmail.Error{Verdict: ourmail.Uncertain, Step: "dot"} }
func relayOut() *ourmail.Error {
	return &ourmail.Error{Verdict: ourmail.NotSent, Step: "connect", Relay: true}
}
