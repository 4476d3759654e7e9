package frozenmail

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"mime/quotedprintable"
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

// Kept is the copy that the ledger keeps of a delivery's message, and all of its bytes; nil: it keeps none. An error beside
// a copy says why that cannot be used; it wraps [fs.ErrNotExist] where a file that the message carried is gone.
func Kept(ctx context.Context, l *ledger.Ledger, a archive.Archive, d *ledger.Delivery) (found *mailcopy.Kept, eml []byte, err error) {
	err = l.Read(ctx, func(tx ledger.Tx) (err error) {
		found, err = mailcopy.Find(tx, d.PeriodID, d.ID, d.Revision, d.SHA256)
		return err
	})
	artifacts := []ledger.Artifact(nil)
	if err == nil && found != nil {
		artifacts, err = l.Artifacts(ctx, d.PeriodID)
	}
	if err != nil || found == nil {
		return nil, nil, err
	}
	eml, err = found.Whole(func(name string) ([]byte, error) {
		for _, one := range artifacts {
			if key := filepath.ToSlash(one.Path); path.Base(key) == name {
				file, err := a.FetchVerified(ctx, key, one.SHA256)
				if err != nil {
					return nil, err
				}
				data, err := os.ReadFile(file)
				return ourmail.EncodeAttachment(data), err
			}
		}
		return nil, fs.ErrNotExist
	})
	return found, eml, err
}

// kept is the message of a delivery from the ledger's copy, which needs less than to compose it; without pieces: there
// is none, or it cannot be used.
func (f *Messages) kept(ctx context.Context, row *ledger.Delivery) (m message.Stored, err error) {
	packed, err := f.Ledger.MessageContent(ctx, row.PeriodID)
	if err != nil {
		return m, fmt.Errorf("ledger: %w", err)
	}
	found, eml, err := Kept(ctx, f.Ledger, f.Archive, row)
	switch {
	case found == nil && err != nil:
		return m, fmt.Errorf("ledger: %w", err)
	case found == nil:
		return m, nil
	case errors.As(err, new(*archive.StoreError)) && !errors.Is(err, fs.ErrNotExist):
		return m, err // it may be there
	}
	if err == nil {
		m.Name = strings.TrimSuffix(filepath.Base(row.File), archive.MessageSuffix)
		m.Frozen, err = frozenOf(row, packed, found, eml)
	}
	if err != nil {
		f.Log.Warn("the ledger's copy of a message cannot be used", "delivery", row.ID, "error", err)
		return message.Stored{}, nil
	}
	return m, nil
}

// frozenOf is a message as it was composed, of its bytes and the draft that it is of.
func frozenOf(row *ledger.Delivery, packed []byte, found *mailcopy.Kept, eml []byte) (m ourmail.Frozen, err error) {
	draft, err := message.UnpackDraft(packed)
	if err != nil {
		return m, err
	}
	places, err := found.Places()
	if err != nil {
		return m, err
	}
	m = ourmail.Frozen{Envelope: cmp.Or(draft.Envelope, draft.From.Address), To: row.Recipient, ID: row.MessageID, Pieces: [][]byte{eml}}
	for i, p := range places {
		span := ourmail.Span{At: p.At, Size: p.Size}
		if i < 2 { // text and HTML
			m.BodySpans = append(m.BodySpans, span)
		} else {
			m.AttachmentSpans = append(m.AttachmentSpans, span)
		}
	}
	if len(m.BodySpans) == 2 {
		html := m.BodySpans[1]
		m.HTML, err = io.ReadAll(quotedprintable.NewReader(bytes.NewReader(eml[html.At : html.At+html.Size])))
		m.HTML = bytes.ReplaceAll(m.HTML, []byte("\r\n"), []byte("\n")) // as it was before it stood in a mail
	}
	return m, err
}
