package mail

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
)

// Outbox is a directory that takes messages instead of a relay: NAME.eml for a mail
// program and NAME.html for a browser. It is made when the first message comes.
type Outbox struct{ Dir string }

var outboxName = regexp.MustCompile(`^[A-Za-z0-9_-][A-Za-z0-9._-]{0,199}$`)

// Put writes both files, the .eml last: where it is, the message is whole. A message of
// the same name gives way, as the name is its identity: it was made anew. An error is an
// *Error, its step "outbox".
func (o Outbox) Put(name string, f Frozen) (path string, err error) {
	path = filepath.Join(o.Dir, name+".eml")
	if !outboxName.MatchString(name) {
		err = fmt.Errorf("%q is no name for a file", name)
		return "", &Error{Verdict: Refused, Step: stepOutbox, Err: err}
	}
	if err := os.MkdirAll(o.Dir, 0o700); err != nil {
		return "", &Error{Verdict: NotSent, Step: stepOutbox, Relay: true, Err: err}
	}
	err = errors.Join(writeFile(filepath.Join(o.Dir, name+".html"), f.HTML), writeFile(path, f.Bytes))
	if err != nil {
		return "", &Error{Verdict: NotSent, Step: stepOutbox, Relay: true, Err: err}
	}
	return path, nil
}

const stepOutbox = "outbox"

// writeFile writes a file that appears whole or not at all, and survives a power cut.
func writeFile(path string, data []byte) (err error) {
	dir := filepath.Dir(path)
	temp, err := os.CreateTemp(dir, ".outbox-*") // mode 0600
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.Remove(temp.Name()))
		}
	}()
	_, err = temp.Write(data)
	if err == nil {
		err = temp.Sync()
	}
	if err = errors.Join(err, temp.Close()); err != nil {
		return err
	}
	if err = os.Rename(temp.Name(), path); err != nil {
		return err
	}
	return syncDir(dir)
}

// syncDir makes the new name durable.
func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
