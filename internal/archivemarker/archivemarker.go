// Package archivemarker holds an archive against the one that the ledger knows. A file at the
// archive's root has a random id, put there once; two machines whose archives have different
// ones do not share theirs. It refuses to go on with another archive than the ledger's.
package archivemarker

import (
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
	mine := found
	if mine == "" {
		mine = rand.Text()
	}
	known, err := c.remember(ctx, mine)
	if err != nil {
		return false, fmt.Errorf("ledger: %w", err)
	}
	if found == "" && known != mine && c.Shared {
		if found, err = c.wait(ctx); err != nil {
			return false, err
		}
	}
	switch {
	case found == "" && (known == mine || !c.Shared):
		return true, c.put(ctx, known)
	case found != known:
		return false, fmt.Errorf("archive %s: %w than the one that the ledger knows: its %s is %s, not %s — "+
			"have archive: be the same directory or bucket on all machines; if it was moved, move all of it, with its %s", c.Archive.Name(""), ErrOther, Key, orNone(found), known, Key)
	}
	return false, nil
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

func (c Check) put(ctx context.Context, id string) error {
	path, text := c.Archive.Path(Key), []byte(id+"\n")
	err := durable.MkdirAll(filepath.Dir(path))
	if err == nil {
		err = durable.WriteFile(path, text)
	}
	if err == nil && c.Archive.Objects != nil {
		sum := sha256.Sum256(text)
		err = c.Archive.Objects.Put(ctx, Key, path, hex.EncodeToString(sum[:]))
	}
	return err
}

// remember has the ledger keep an id, unless it has one already, and gives the one that it has.
func (c Check) remember(ctx context.Context, id string) (known string, err error) {
	find := func(tx ledger.Tx) error {
		return tx.Row([]any{&known}, `SELECT id FROM archive_marker WHERE account = ? AND config = ?`, c.Account, c.Config)
	}
	err = c.Ledger.Read(ctx, find)
	if !errors.Is(err, sql.ErrNoRows) {
		return known, err
	}
	err = c.Ledger.Write(ctx, func(tx ledger.Tx) error {
		if _, err := tx.Exec(`INSERT INTO archive_marker (account, config, id) VALUES (?, ?, ?) ON CONFLICT (account, config) DO NOTHING`, c.Account, c.Config, id); err != nil {
			return err
		}
		return find(tx)
	})
	return known, err
}
