package mail

import (
	"errors"
	"fmt"
	"path/filepath"
	"regexp"

	"rapport/internal/durable"
)

// Outbox is a directory that takes messages instead of a relay: NAME.eml for a mail
// program and NAME.html for a browser. It is made when the first message comes.
type Outbox struct{ Dir string }

var outboxName = regexp.MustCompile(`^[A-Za-z0-9_-][A-Za-z0-9._-]{0,199}$`)

// Put writes both files, the .eml last: where it is, the message is whole. It replaces a
// message of the same name, which is the same message made again. An error is an *Error,
// its step "outbox".
func (o Outbox) Put(name string, f Frozen) (path string, err error) {
	if !outboxName.MatchString(name) {
		err = fmt.Errorf("%q is no name for a file", name)
		return "", &Error{Verdict: Refused, Step: stepOutbox, Err: err}
	}
	path = filepath.Join(o.Dir, name+".eml")
	if err = durable.MkdirAll(o.Dir); err == nil {
		err = errors.Join(durable.WriteFile(filepath.Join(o.Dir, name+".html"), f.HTML), durable.WriteFile(path, f.Bytes()))
	}
	if err != nil {
		return "", &Error{Verdict: NotSent, Step: stepOutbox, Relay: true, Err: err}
	}
	return path, nil
}
