package ledger

import (
	"errors"
	"fmt"
	"io/fs"
	"syscall"
)

// Unusable says that err is about the ledger's file itself, damaged, foreign, newer, or
// out of reach: to try again will not help. Busy, full and I/O errors are not.
func Unusable(err error) bool {
	var u *unusableError
	if errors.As(err, &u) {
		return true
	}
	for _, cause := range []error{fs.ErrPermission, syscall.ENOTDIR, syscall.EISDIR, syscall.EROFS, syscall.ENAMETOOLONG, syscall.EINVAL, syscall.ELOOP} {
		if errors.Is(err, cause) {
			return true
		}
	}
	return false
}

// An unusableError is one that only a person can mend.
type unusableError struct{ err error }

func (e *unusableError) Error() string { return e.err.Error() }
func (e *unusableError) Unwrap() error { return e.err }

func (p *dbFile) damaged(cause error) error {
	return &unusableError{fmt.Errorf("%s: the ledger is damaged: %w — restore it from a backup; do not delete it: a new ledger would not know what was sent", p.path, cause)}
}

func (p *dbFile) foreign() error {
	return &unusableError{fmt.Errorf("%s: is a database, but not a ledger — give state another path", p.path)}
}

func (p *dbFile) newer(what string) error {
	return &unusableError{fmt.Errorf("%s: was written by another version (%s) — use that version, or one after it", p.path, what)}
}
