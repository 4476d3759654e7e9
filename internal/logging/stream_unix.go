//go:build unix

package logging

import (
	"fmt"
	"os"
	"syscall"
)

// streamOf is a file's device and inode as JOURNAL_STREAM names them.
func streamOf(file *os.File) (stream string, ok bool) {
	info, err := file.Stat()
	if err != nil {
		return "", false
	}
	stat, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return "", false
	}
	return fmt.Sprintf("%d:%d", stat.Dev, stat.Ino), true
}
