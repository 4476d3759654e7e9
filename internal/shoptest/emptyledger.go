package shoptest

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"rapport/internal/ledger"
	"rapport/internal/ledger/sqlite"
)

// emptyLedger are the files of a ledger that holds nothing, by what their names add to the
// ledger's: to make its tables takes longer than most tests.
var emptyLedger = sync.OnceValues(func() (files map[string][]byte, err error) {
	dir, err := os.MkdirTemp("", "empty-ledger")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	path := filepath.Join(dir, "rapport.db")
	book, err := ledger.Open(context.Background(), sqlite.New(path), ledger.Options{Now: time.Now, Host: "test"})
	if err != nil {
		return nil, err
	}
	if err := book.Close(); err != nil {
		return nil, err
	}
	made, err := filepath.Glob(path + "*")
	if err != nil {
		return nil, err
	}
	files = map[string][]byte{}
	for _, name := range made {
		if info, err := os.Stat(name); err != nil || info.IsDir() { // of locks, which each opener makes
			continue
		}
		if files[strings.TrimPrefix(name, path)], err = os.ReadFile(name); err != nil {
			return nil, err
		}
	}
	return files, nil
})

// putEmptyLedger has a ledger that holds nothing where there is none.
func putEmptyLedger(path string) error {
	if _, err := os.Stat(path); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	files, err := emptyLedger()
	for added, held := range files {
		err = errors.Join(err, os.WriteFile(path+added, held, 0o600))
	}
	return err
}
