// Package regularfile reads files that a configuration names. It refuses pipes and devices,
// which could hold the program for ever, and what is larger than it should be.
package regularfile

import (
	"fmt"
	"io"
	"os"
	"syscall"
)

// Read reads a file that the configuration names, of at most limit bytes. A pipe
// or a device could hold us for ever, or never end.
func Read(path string, limit int64) ([]byte, error) {
	file, err := os.OpenFile(path, os.O_RDONLY|syscall.O_NONBLOCK, 0) // a pipe that nobody writes to is no reason to wait
	if err != nil {
		return nil, err
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%s: is no regular file", path)
	}
	data, err := io.ReadAll(io.LimitReader(file, limit+1))
	if err == nil && int64(len(data)) > limit {
		err = fmt.Errorf("%s: is larger than %d kB", path, limit>>10)
	}
	if err != nil {
		return nil, err
	}
	return data, nil
}
