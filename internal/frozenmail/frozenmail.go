// Package frozenmail keeps the messages of a configuration as they will be sent: composed once, read
// back for each try, composed anew where the relay takes less, and taken off the disk when they are
// decided. It refuses to change what was begun, and talks to no relay itself.
package frozenmail

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net/mail"
	"path/filepath"
	"strings"
	"time"

	"rapport/internal/archive"
	"rapport/internal/durable"
	"rapport/internal/ledger"
	"rapport/internal/mailcopy"
	"rapport/internal/message"
	"rapport/internal/report"
)

// Messages are those of one configuration.
type Messages struct {
	Archive    archive.Archive
	Ledger     *ledger.Ledger
	Composer   *message.Composer
	Sender     message.Sender // is asked what it takes
	MaxMessage int64          // bytes that a message may have where the relay does not say
	Clock      func() time.Time
	Log        *slog.Logger
	Omitted    func(ctx context.Context, j report.Job, omitted []string, at time.Time) // tells what had no room in a mail

	texts message.SharedTexts
}

// Send hands the frozen message over. A relay that takes only smaller ones gets a
// smaller one, as long as the first surely did not arrive: row says which it is.
func (f *Messages) Send(ctx context.Context, j report.Job, row *ledger.Delivery, handOver HandOver) (where string, err error) {
	m, err := f.frozen(ctx, j, row)
	if err == nil {
		m, err = f.fitted(ctx, j, row, m)
	}
	if err != nil {
		return "", err
	}
	for {
		where, begun, err := handOver(ctx, m, row.Claim)
		smaller, ok, err2 := f.afterRefusal(ctx, j, row, m, begun, err)
		if err2 != nil {
			return "", err2
		}
		if !ok {
			return where, err
		}
		m = smaller
	}
}

// A HandOver gives a message to the relay once. It tells also whether it was written down that the
// message is about to be sent.
type HandOver func(ctx context.Context, m message.Stored, claim ledger.Claim) (where string, begun bool, err error)

// frozen is the message of a delivery, as it was frozen: where its file is lost from the ledger's copy. Where
// that is lost too, one that was never begun may be composed anew from the draft and the frozen
// files; one that was is only ever the same bytes again.
func (f *Messages) frozen(ctx context.Context, j report.Job, row *ledger.Delivery) (message.Stored, error) {
	max := f.sizeLimit(ctx, false)
	if row.File == "" { // to be sent once more
		m, omitted, err := f.refreeze(ctx, j, row, max)
		if err == nil {
			f.Omitted(ctx, j, omitted, f.Clock())
		}
		return m, err
	}
	m, err := message.ReadVerified(ctx, f.Archive, &f.texts, filepath.ToSlash(row.File), row.SHA256)
	if err == nil {
		return m, nil
	}
	if errors.As(err, new(*archive.StoreError)) && !errors.Is(err, fs.ErrNotExist) {
		return m, err // it may be there
	}
	f.Log.Warn("a frozen message is lost and made again", "report", j.Report.ID, "period", j.PeriodName(), "error", err)
	if kept, err := f.kept(ctx, row); err != nil || kept.Pieces != nil {
		return kept, err
	}
	anew, copied, _, err2 := f.compose(ctx, j, row, max)
	switch {
	case errors.As(err2, new(*LostError)):
		return m, err2
	case err2 != nil:
		return m, errors.Join(err, err2)
	case anew.SHA256() == row.SHA256:
		return anew, nil
	case row.Begun:
		return m, &LostError{fmt.Errorf("%w, and a part of it may have been sent — rapport deliveries --resend %d sends it as a new message", err, row.ID)}
	}
	return f.freezeAnew(ctx, row, anew, copied)
}

// refreeze composes the message anew for a room of max bytes, and freezes that.
func (f *Messages) refreeze(ctx context.Context, j report.Job, row *ledger.Delivery, max int64) (m message.Stored, omitted []string, err error) {
	m, copied, omitted, err := f.compose(ctx, j, row, max)
	if err == nil {
		m, err = f.freezeAnew(ctx, row, m, copied)
	}
	return m, omitted, err
}

func (f *Messages) freezeAnew(ctx context.Context, row *ledger.Delivery, m message.Stored, copied *mailcopy.Copy) (message.Stored, error) {
	old := *row
	row.File = filepath.Join(filepath.FromSlash(archive.PeriodKey(cmp.Or(row.ArchivedUnder, row.Report), row.Period)), archive.Outgoing(row.MadeAttempt, row.Edition), m.Name+archive.MessageSuffix)
	path := f.Archive.Path(row.File)
	err := durable.MkdirAll(filepath.Dir(path))
	if err == nil {
		err = message.WriteAlone(path+".new", m.Frozen)
	}
	if err == nil {
		err = durable.Rename(path+".new", path)
	}
	if err == nil {
		err = f.Archive.PutFile(ctx, filepath.ToSlash(row.File))
	}
	if err == nil {
		row.SHA256, row.MessageID, row.Size = copied.SHA256, m.ID, int64(m.Size())
		err = f.Ledger.Refreeze(ctx, row.Claim, ledger.NewDelivery{Recipient: row.Recipient, MessageID: row.MessageID, File: row.File, SHA256: row.SHA256, Size: row.Size, Mark: row.Mark, Copy: copied})
	}
	if err != nil {
		*row = old
		return m, fmt.Errorf("freeze: %w", err)
	}
	return m, nil
}

// compose makes a delivery's message from what is frozen of its period: the draft in the
// ledger and the files in the archive, which must be the ones that were made.
func (f *Messages) compose(ctx context.Context, j report.Job, row *ledger.Delivery, max int64) (m message.Stored, copied *mailcopy.Copy, omitted []string, err error) {
	packed, err := f.Ledger.MessageContent(ctx, row.PeriodID)
	if err != nil {
		return m, nil, nil, fmt.Errorf("ledger: %w", err)
	}
	if packed == nil {
		return m, nil, nil, &LostError{errors.New("what it said is not in the ledger")}
	}
	draft, err := message.UnpackDraft(packed)
	if err != nil {
		return m, nil, nil, err
	}
	artifacts, err := f.Ledger.Artifacts(ctx, row.PeriodID)
	if err != nil {
		return m, nil, nil, fmt.Errorf("ledger: %w", err)
	}
	var files []archive.File
	for _, a := range artifacts {
		path, err := f.Archive.FetchVerified(ctx, filepath.ToSlash(a.Path), a.SHA256)
		if err != nil {
			if errors.Is(err, fs.ErrNotExist) {
				err = &LostError{err}
			}
			return m, nil, nil, err
		}
		files = append(files, archive.File{Path: path, ContentType: a.ContentType})
	}
	attached, err := draft.Attach(files, max)
	if err != nil {
		return m, nil, nil, err
	}
	m, omitted, err = f.Composer.Freeze(draft, attached, j, f.recipient(j, row.Recipient), Mark(j, row.Revision, row.Mark))
	if err == nil {
		copied, err = m.Copy(m.SHA256(), attached)
	}
	return m, copied, omitted, err
}

// recipient is an address, as it was frozen, with the name that the configuration gives it.
func (f *Messages) recipient(j report.Job, address string) mail.Address {
	for _, to := range j.Report.Emails {
		if strings.EqualFold(to.Address, address) {
			return mail.Address{Name: to.Name, Address: address}
		}
	}
	return mail.Address{Address: address}
}

// Mark tells a message from those that were sent before of the same period, and from
// those that may have been before the ledger was restored.
func Mark(j report.Job, revision int, restored string) string {
	mark := ""
	if j.IsCorrection() {
		mark = fmt.Sprintf("correction %d ", j.Edition)
	}
	if revision > 0 {
		mark += fmt.Sprintf("revision %d", revision)
	}
	return strings.TrimSpace(mark + " " + restored)
}

// A LostError says that what a message is composed of is not there as it was made.
type LostError struct{ err error }

func (e *LostError) Error() string { return e.err.Error() }
func (e *LostError) Unwrap() error { return e.err }

// Discard takes a message that is decided off the disk.
func (f *Messages) Discard(row ledger.Delivery) {
	if row.File == "" {
		return
	}
	err := f.Archive.Remove(context.Background(), filepath.ToSlash(row.File))
	if err = errors.Join(err, durable.RemoveIfThere(f.Archive.Path(row.File+archive.SentSuffix))); err != nil {
		f.Log.Warn("a message that is decided stays in the archive", "path", row.File, "error", err)
	}
	if dir := filepath.Dir(f.Archive.Path(row.File)); archive.RemoveOutgoing(dir) != nil {
		f.Log.Warn("a directory that is empty stays on the disk", "path", dir)
	}
}
