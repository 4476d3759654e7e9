package frozenmail

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"

	"rapport/internal/archive"
	"rapport/internal/ledger"
	"rapport/internal/mailcopy"
	"rapport/internal/message"
	ourmail "rapport/mail"
)

// kept is the message of a delivery that was begun, from the copy that the ledger keeps; without pieces:
// it keeps none, or what belongs to it is gone.
func (f *Messages) kept(ctx context.Context, row *ledger.Delivery, envelope string) (m message.Stored, err error) {
	var found *mailcopy.Kept
	err = f.Ledger.Read(ctx, func(tx ledger.Tx) (err error) {
		found, err = mailcopy.Find(tx, row.PeriodID, row.ID, row.Revision, row.SHA256)
		return err
	})
	if err != nil || found == nil {
		return m, ledgerError(err)
	}
	artifacts, err := f.Ledger.Artifacts(ctx, row.PeriodID)
	if err != nil {
		return m, ledgerError(err)
	}
	whole, err := found.Whole(func(name string) ([]byte, error) {
		for _, a := range artifacts {
			if key := filepath.ToSlash(a.Path); path.Base(key) == name {
				file, err := f.Archive.FetchVerified(ctx, key, a.SHA256)
				if err != nil {
					return nil, err
				}
				data, err := os.ReadFile(file)
				return ourmail.EncodeAttachment(data), err
			}
		}
		return nil, fs.ErrNotExist
	})
	if err != nil {
		f.Log.Warn("the ledger's copy of a message cannot be used", "delivery", row.ID, "error", err)
		if errors.As(err, new(*archive.StoreError)) && !errors.Is(err, fs.ErrNotExist) {
			return m, err // it may be there
		}
		return m, nil
	}
	m.Name = strings.TrimSuffix(filepath.Base(row.File), archive.MessageSuffix)
	m.Frozen = ourmail.Frozen{Envelope: envelope, To: row.Recipient, ID: row.MessageID, Pieces: [][]byte{whole}}
	return m, nil
}

func ledgerError(err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("ledger: %w", err)
}
