package builder

import (
	"fmt"
	"runtime/debug"
)

// PanicError is a fault of ours that was met while a report was made.
type PanicError struct {
	Value any
	Stack []byte
}

func (p *PanicError) Error() string { return fmt.Sprintf("internal fault: %v", p.Value) }

// Recover turns a panic into an error.
func Recover(do func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = &PanicError{p, debug.Stack()}
		}
	}()
	return do()
}
