package templates

import (
	"errors"
	"io"
)

// maxOutput is how long a text or an HTML may be, in bytes. Mail programs cut far
// shorter ones; this keeps a template that repeats itself from filling the memory.
const maxOutput = 4 << 20

var errTooLong = errors.New("writes more than 4 MiB")

// bounded refuses what goes past its room.
type bounded struct {
	w    io.Writer
	room int
}

func (b *bounded) Write(p []byte) (int, error) {
	if b.room -= len(p); b.room < 0 {
		return 0, errTooLong
	}
	return b.w.Write(p)
}
