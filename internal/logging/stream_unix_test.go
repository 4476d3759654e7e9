//go:build unix

package logging_test

import (
	"fmt"
	"os"
	"syscall"
	"testing"

	"rapport/internal/logging"
)

func TestAPipeIsTheJournalIfItsNumbersAreThere(t *testing.T) {
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	defer w.Close()
	info, err := w.Stat()
	if err != nil {
		t.Fatal(err)
	}
	stat := info.Sys().(*syscall.Stat_t)
	if !logging.UnderJournal(w, fmt.Sprintf("%d:%d", stat.Dev, stat.Ino)) {
		t.Error("it is not recognised")
	}
	if logging.UnderJournal(w, fmt.Sprintf("%d:%d", stat.Dev, stat.Ino+1)) {
		t.Error("another inode is taken for it")
	}
}
