// Package archivemarker holds an archive against the one that the ledger knows. A file at the
// archive's root has a random id, put there once; two machines whose archives have different
// ones do not share theirs. It refuses to go on with another archive than the ledger's.
package archivemarker

import (
	"cmp"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"time"

	"rapport/internal/archive"
	"rapport/internal/durable"
	"rapport/internal/ledger"
)

// Key is the marker's.
const Key = archive.Marker

// ErrOther is wrapped when an archive is not the one that the ledger knows.
var ErrOther = errors.New("this machine's archive is another one")

// A Check is of the archive of a configuration.
type Check struct {
	Ledger          *ledger.Ledger
	Archive         archive.Archive
	Account, Config string
	// Shared: other machines use the archive, so one without a marker is not theirs. Of an archive
	// that only one machine ever had the marker is put back.
	Shared bool
}

// How long a marker is waited for that another machine is about to put there.
const (
	patience = 2 * time.Second
	pause    = 100 * time.Millisecond
)

// Require refuses another archive than the ledger's with ErrOther. Fresh: the marker was put
// there. Any other error is one of the archive or the ledger, which may pass.
func (c Check) Require(ctx context.Context) (fresh bool, err error) {
	found, err := c.read(ctx)
	if err != nil {
		return false, err
	}
	known, found, fresh, err := c.establish(ctx, found)
	if err != nil {
		return false, err
	}
	if found == "" && c.Shared {
		if found, err = c.wait(ctx); err != nil {
			return false, err
		}
	}
	switch {
	case found == "" && !c.Shared:
		return true, c.put(ctx, known)
	case found != known:
		return false, fmt.Errorf("archive %s: %w than the one that the ledger knows: its %s is %s, not %s — "+
			"have archive: be the same directory or bucket on all machines; if it was moved, move all of it, with its %s", c.Archive.Name(""), ErrOther, Key, orNone(found), known, Key)
	}
	return fresh, nil
}

// AtStart is Require for a process that starts: what may pass is said, and no error.
func (c Check) AtStart(ctx context.Context, log *slog.Logger) (fresh bool, err error) {
	fresh, err = c.Require(ctx)
	if err != nil && !errors.Is(err, ErrOther) {
		log.Warn("whether the archive is the one that the ledger knows is not known", "error", err)
		return false, nil
	}
	return fresh, err
}

func orNone(id string) string {
	if id == "" {
		return "not there"
	}
	return id
}

// wait reads the marker again until it is there, for a while.
func (c Check) wait(ctx context.Context) (found string, err error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	for {
		select {
		case <-ctx.Done():
			return "", nil
		case <-time.After(pause):
		}
		if found, err = c.read(ctx); found != "" || err != nil && ctx.Err() == nil {
			return found, err
		}
	}
}

// read gives what the marker says; "" when there is none.
func (c Check) read(ctx context.Context) (string, error) {
	path, err := c.Archive.FetchAgain(ctx, Key)
	if err == nil {
		var text []byte
		text, err = os.ReadFile(path)
		if id := strings.TrimSpace(string(text)); err == nil && id == "" {
			err = fmt.Errorf("%s is empty", path)
		} else if err == nil {
			return id, nil
		}
	}
	if errors.Is(err, fs.ErrNotExist) {
		return "", nil
	}
	return "", err
}

// put puts a marker where none is, and lets one that is there be.
func (c Check) put(ctx context.Context, id string) error {
	path, text := c.Archive.Path(Key), []byte(id+"\n")
	err := durable.MkdirAll(filepath.Dir(path))
	if err == nil && c.Archive.Objects == nil {
		return writeOnce(path, "-"+id, text)
	}
	if err == nil {
		err = durable.WriteFile(path, text)
	}
	if err == nil {
		sum := sha256.Sum256(text)
		err = c.Archive.Objects.Put(ctx, Key, path, hex.EncodeToString(sum[:]))
	}
	return err
}

// writeOnce writes a file that appears whole, unless one is there.
func writeOnce(path, suffix string, text []byte) error {
	if err := durable.WriteFile(path+suffix, text); err != nil {
		return err
	}
	err := os.Link(path+suffix, path)
	if err != nil && !errors.Is(err, fs.ErrExist) { // the file system knows no links
		return durable.Rename(path+suffix, path)
	}
	return errors.Join(durable.RemoveIfThere(path+suffix), durable.SyncDir(filepath.Dir(path)))
}

// establish gives the id that the ledger keeps. If it has none it keeps the one that was found or,
// where there was none, that of a marker which is put there first: under the row's lock, so that
// others wait for it, and nothing is kept if that fails.
func (c Check) establish(ctx context.Context, was string) (known, found string, fresh bool, err error) {
	find := func(tx ledger.Tx) error {
		return tx.Row([]any{&known}, `SELECT id FROM archive_marker WHERE account = ? AND config = ?`, c.Account, c.Config)
	}
	found = was
	err = c.Ledger.Read(ctx, find)
	if errors.Is(err, sql.ErrNoRows) {
		mine, atArchive := cmp.Or(was, rand.Text()), error(nil)
		err = c.Ledger.Write(ctx, func(tx ledger.Tx) error {
			if _, err := tx.Exec(`INSERT INTO archive_marker (account, config, id) VALUES (?, ?, ?) ON CONFLICT (account, config) DO NOTHING`, c.Account, c.Config, mine); err != nil {
				return err
			}
			if err := find(tx); err != nil || was != "" || known != mine {
				return err
			}
			if found, atArchive = c.putAndRead(ctx, mine); atArchive != nil {
				return atArchive
			}
			known, fresh = found, found == mine
			_, err := tx.Exec(`UPDATE archive_marker SET id = ? WHERE account = ? AND config = ?`, known, c.Account, c.Config)
			return err
		})
		if atArchive != nil {
			return "", "", false, fmt.Errorf("archive %s: %w", c.Archive.Name(Key), atArchive)
		}
	}
	if err != nil {
		return "", "", false, fmt.Errorf("ledger: %w", err)
	}
	return known, found, fresh, nil
}

// putAndRead puts a marker and gives what the archive has then, which may be another's.
func (c Check) putAndRead(ctx context.Context, id string) (found string, err error) {
	if err = c.put(ctx, id); err == nil {
		found, err = c.read(ctx)
	}
	if err == nil && found == "" {
		err = errors.New("is not there after it was put")
	}
	return found, err
}
