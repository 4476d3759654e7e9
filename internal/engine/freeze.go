package engine

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/mail"
	"path/filepath"

	"rapport/internal/archive"
	"rapport/internal/durable"
	"rapport/internal/ledger"
	"rapport/internal/mailcopy"
	"rapport/internal/message"
	"rapport/internal/report"
)

// A freezer composes messages and keeps them as they will be sent, for what the relay takes.
type freezer struct{ *core }

// frozen is the message of a delivery, as it was frozen. One that was never begun may be
// composed anew from the draft and the frozen files; one that was is only ever the same
// bytes again.
func (f *freezer) frozen(ctx context.Context, j report.Job, row *ledger.Delivery) (message.Stored, error) {
	max := f.sizeLimit(ctx, false)
	if row.File == "" { // to be sent once more
		m, omitted, err := f.refreeze(ctx, j, row, max)
		if err == nil {
			f.tellOmitted(ctx, j, omitted, f.Clock())
		}
		return m, err
	}
	m, err := message.Read(filepath.Join(f.Archive, row.File))
	if err == nil && m.SHA256() == row.SHA256 {
		return m, nil
	}
	if err == nil {
		err = fmt.Errorf("%s: is not the message that was frozen", row.File)
	}
	f.Log.Warn("a frozen message is lost and composed again", "report", j.Report.ID, "period", j.PeriodName(), "error", err)
	anew, copied, _, err2 := f.compose(ctx, j, row, max)
	switch {
	case errors.As(err2, new(*lostError)):
		return m, err2
	case err2 != nil:
		return m, errors.Join(err, err2)
	case anew.SHA256() == row.SHA256:
		return anew, nil
	case row.Begun:
		return m, &lostError{fmt.Errorf("%w, and a part of it may have been sent — rapport deliveries --resend %d sends it as a new message", err, row.ID)}
	}
	return f.freezeAnew(ctx, row, anew, copied)
}

// refreeze composes the message anew for a room of max bytes, and freezes that.
func (f *freezer) refreeze(ctx context.Context, j report.Job, row *ledger.Delivery, max int64) (m message.Stored, omitted []string, err error) {
	m, copied, omitted, err := f.compose(ctx, j, row, max)
	if err == nil {
		m, err = f.freezeAnew(ctx, row, m, copied)
	}
	return m, omitted, err
}

func (f *freezer) freezeAnew(ctx context.Context, row *ledger.Delivery, m message.Stored, copied *mailcopy.Copy) (message.Stored, error) {
	old := *row
	row.File = filepath.Join(archive.PeriodDir("", cmp.Or(row.ArchivedUnder, row.Report), row.Period), archive.Outgoing(row.Edition), m.Name+archive.MessageSuffix)
	path := filepath.Join(f.Archive, row.File)
	err := durable.MkdirAll(filepath.Dir(path))
	if err == nil {
		err = message.WriteAlone(path+".new", m.Frozen)
	}
	if err == nil {
		err = durable.Rename(path+".new", path)
	}
	if err == nil {
		row.SHA256, row.MessageID, row.Size = copied.SHA256, m.ID, int64(len(m.Bytes))
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
func (f *freezer) compose(ctx context.Context, j report.Job, row *ledger.Delivery, max int64) (m message.Stored, copied *mailcopy.Copy, omitted []string, err error) {
	packed, err := f.Ledger.MessageContent(ctx, row.PeriodID)
	if err != nil {
		return m, nil, nil, fmt.Errorf("ledger: %w", err)
	}
	if packed == nil {
		return m, nil, nil, &lostError{errors.New("what it said is not in the ledger")}
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
		path := filepath.Join(f.Archive, a.Path)
		if err := archive.Verify(path, a.SHA256); err != nil {
			if errors.Is(err, fs.ErrNotExist) {
				err = &lostError{err}
			}
			return m, nil, nil, err
		}
		files = append(files, archive.File{Path: path, ContentType: a.ContentType})
	}
	attached, err := draft.Attach(files, max)
	if err != nil {
		return m, nil, nil, err
	}
	m, omitted, err = f.Composer.Freeze(draft, attached, j, f.recipient(j, row.Recipient), messageMark(j, row.Revision, row.Mark))
	if err == nil {
		copied, err = m.Copy(m.SHA256(), attached)
	}
	return m, copied, omitted, err
}

// recipient is an address, as it was frozen, with the name that the configuration gives it.
func (f *freezer) recipient(j report.Job, address string) mail.Address {
	for _, to := range j.Report.Emails {
		if mailbox(to.Address) == mailbox(address) {
			return mail.Address{Name: to.Name, Address: address}
		}
	}
	return mail.Address{Address: address}
}
