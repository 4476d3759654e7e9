// Package durable writes files and directories so that they survive a power cut: data goes
// to the disk before a name points to it, and then the name does. Files are for their
// owner alone. It refuses to leave part of a file where a whole one is looked for.
package durable

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"sync"
)

// WriteFile writes a file that appears whole or not at all, in the place of one that is
// there. Its directory must exist.
func WriteFile(path string, data []byte) (err error) {
	temp, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+"-*") // mode 0600
	if err != nil {
		return err
	}
	_, err = temp.Write(data)
	if err == nil {
		err = temp.Sync()
	}
	if err = errors.Join(err, temp.Close()); err == nil {
		err = Rename(temp.Name(), path)
	}
	if err != nil {
		err = errors.Join(err, RemoveIfThere(temp.Name()))
	}
	return err
}

// Create writes a file in place, down to the disk, as write produces it. An error leaves
// what was written so far, and the name is durable only after SyncDir: it is for files of
// a directory that Rename puts in its place when all of them are whole.
func Create(path string, write func(io.Writer) error) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	err = write(f)
	if err == nil {
		err = f.Sync()
	}
	return errors.Join(err, f.Close())
}

// syncsAtOnce is how many files are synced side by side: the disk writes what belongs to
// several of them in one go.
const syncsAtOnce = 8

// SyncFiles makes the data of files durable that are written and closed. Their names are
// durable after SyncDir.
func SyncFiles(paths ...string) error {
	errs := make([]error, len(paths))
	var workers sync.WaitGroup
	for first := range min(syncsAtOnce, len(paths)) {
		workers.Go(func() {
			for i := first; i < len(paths); i += syncsAtOnce {
				errs[i] = syncFile(paths[i])
			}
		})
	}
	workers.Wait()
	return errors.Join(errs...)
}

func syncFile(path string) error {
	f, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

// Rename gives a file, or a directory, whose data is durable another name in the same file
// system, and makes that name durable.
func Rename(from, to string) error {
	if err := os.Rename(from, to); err != nil {
		return err
	}
	return SyncDir(filepath.Dir(to))
}
