package pipeline

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/mail"
	"os"
	"path/filepath"

	"rapport/internal/ledger"
)

// frozen is the message of a delivery, as it was frozen. One that was never begun may be
// composed anew from the letter and the frozen files; one that was is only ever the same
// bytes again.
func (d *Desk) frozen(ctx context.Context, j Job, row *ledger.Delivery, max int64) (spooled, error) {
	if row.File == "" { // to be sent once more
		m, left, err := d.refreeze(ctx, j, row, max)
		if err == nil {
			d.tellLeft(ctx, j, left, d.Clock())
		}
		return m, err
	}
	m, err := readSpool(filepath.Join(d.Archive, row.File))
	if err == nil && m.sum() == row.SHA256 {
		return m, nil
	}
	if err == nil {
		err = fmt.Errorf("%s: is not the message that was frozen", row.File)
	}
	d.Log.Warn("a frozen message is lost and composed again", "report", j.Report.ID, "period", j.name(), "error", err)
	anew, _, err2 := d.compose(ctx, j, row, max)
	switch {
	case err2 != nil:
		return m, errors.Join(err, err2)
	case anew.sum() == row.SHA256:
		return anew, nil
	case row.Begun:
		return m, fmt.Errorf("%w, and a part of it may have been sent — rapport deliveries --resend %d sends it as a new message", err, row.ID)
	}
	return d.freezeAnew(ctx, row, anew)
}

// refreeze composes the message anew for a room of max bytes, and freezes that.
func (d *Desk) refreeze(ctx context.Context, j Job, row *ledger.Delivery, max int64) (m spooled, left []string, err error) {
	m, left, err = d.compose(ctx, j, row, max)
	if err == nil {
		m, err = d.freezeAnew(ctx, row, m)
	}
	return m, left, err
}

func (d *Desk) freezeAnew(ctx context.Context, row *ledger.Delivery, m spooled) (spooled, error) {
	old := *row
	row.File = filepath.Join(row.Report, row.Period, outgoing, m.name+spoolSuffix)
	path := filepath.Join(d.Archive, row.File)
	err := makeDirs(filepath.Dir(path))
	if err == nil {
		err = writeSpool(path+".new", m.Frozen)
	}
	if err == nil {
		err = os.Rename(path+".new", path)
	}
	if err == nil {
		err = syncDir(filepath.Dir(path))
	}
	if err == nil {
		row.SHA256, row.MessageID, row.Size = m.sum(), m.ID, int64(len(m.Bytes))
		err = d.Ledger.Refreeze(ctx, row.Claim, ledger.NewDelivery{Recipient: row.Recipient, MessageID: row.MessageID, File: row.File, SHA256: row.SHA256, Size: row.Size})
	}
	if err != nil {
		*row = old
		return m, fmt.Errorf("freeze: %w", err)
	}
	return m, nil
}

// compose makes a delivery's message from what is frozen of its period: the letter in the
// ledger and the files in the archive, which must be the ones that were made.
func (d *Desk) compose(ctx context.Context, j Job, row *ledger.Delivery, max int64) (m spooled, left []string, err error) {
	packed, err := d.Ledger.MessageContent(ctx, row.PeriodID)
	if err != nil {
		return m, nil, fmt.Errorf("ledger: %w", err)
	}
	l, err := unpackLetter(packed)
	if err != nil {
		return m, nil, err
	}
	artifacts, err := d.Ledger.Artifacts(ctx, row.PeriodID)
	if err != nil {
		return m, nil, fmt.Errorf("ledger: %w", err)
	}
	var files []file
	for _, a := range artifacts {
		path := filepath.Join(d.Archive, a.Path)
		if err := sameFile(path, a.SHA256); err != nil {
			return m, nil, err
		}
		files = append(files, file{path: path, contentType: a.ContentType})
	}
	p, err := l.enclose(files, max)
	if err != nil {
		return m, nil, err
	}
	mark := ""
	if row.Revision > 0 {
		mark = fmt.Sprintf("revision %d", row.Revision)
	}
	return d.freeze(l, p, identity{d.Account, j, d.recipient(j, row.Recipient), mark})
}

// recipient is an address with the name that the configuration gives it.
func (d *Desk) recipient(j Job, address string) mail.Address {
	for _, to := range j.Report.Emails {
		if to.Address == address {
			return to
		}
	}
	return mail.Address{Address: address}
}

// sameFile refuses a file of the archive that is not the one that was made.
func sameFile(path, sum string) (err error) {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	hash := sha256.New()
	if _, err := io.Copy(hash, f); err != nil {
		return err
	}
	if hex.EncodeToString(hash.Sum(nil)) != sum {
		return fmt.Errorf("%s: was changed after it was made", path)
	}
	return nil
}
