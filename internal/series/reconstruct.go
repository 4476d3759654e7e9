package series

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
)

// pageSize is how many links are read, or written, at once.
const pageSize = 1000

// Reconstruct gives digests to the reports that were made before there were any. Of what
// retention has removed no file is known.
func Reconstruct[T Tx](ctx context.Context, read, write func(context.Context, func(T) error) error) (err error) {
	for done := false; !done && err == nil; {
		err = read(ctx, func(tx T) (err error) {
			done, err = reconstructed(tx)
			return err
		})
		if err == nil && !done {
			err = write(ctx, func(tx T) error { return reconstructSome(tx) })
		}
	}
	if err != nil {
		return fmt.Errorf("digests of older reports: %w", err)
	}
	return nil
}

func reconstructed(tx Tx) (bool, error) {
	n := 0
	err := tx.Row([]any{&n}, `SELECT count(*) FROM (SELECT 1 FROM report_digest WHERE digest = '' LIMIT 1) open`)
	return n == 0, err
}

func reconstructSome(tx Tx) error {
	account, series := "", ""
	err := tx.Row([]any{&account, &series}, `SELECT account, series FROM report_digest WHERE digest = '' LIMIT 1`)
	if errors.Is(err, sql.ErrNoRows) { // another process was faster
		return nil
	}
	var h Head
	if err == nil {
		h, err = HeadOf(tx, account, series)
	}
	if err != nil {
		return err
	}
	var links []Link
	err = tx.Each(func(columns func(dest ...any) error) error {
		l, _, _, err := scanLink(columns)
		links = append(links, l)
		return err
	}, selectLinks+` WHERE account = ? AND series = ? AND digest = '' ORDER BY position LIMIT ?`, account, series, pageSize)
	if err != nil {
		return err
	}
	for _, l := range links {
		if h, err = reconstruct(tx, l, h); err != nil {
			return err
		}
	}
	return h.write(tx)
}

func reconstruct(tx Tx, l Link, h Head) (Head, error) {
	err := tx.Each(func(columns func(dest ...any) error) error {
		name, sum := "", ""
		err := columns(&name, &sum)
		l.AddFile(name, sum)
		return err
	}, `SELECT path, sha256 FROM artifact WHERE period_id = ? AND edition = ? ORDER BY position`, l.PeriodID, l.Edition)
	if err != nil {
		return h, err
	}
	l.Previous = h.LastDigest
	l.Digest = l.Facts.Digest(l.Previous)
	files, err := encodeFiles(l.Files)
	if err != nil {
		return h, err
	}
	_, err = tx.Exec(`UPDATE report_digest SET dir = ?, files = ?, previous = ?, digest = ?, checksum = ? WHERE account = ? AND series = ? AND position = ?`,
		l.Dir, files, l.Previous, l.Digest, l.checksum(files), l.Account, l.Series, l.Position)
	if err != nil {
		return h, fmt.Errorf("digest of %s: %w", l.Dir, err)
	}
	h.Last, h.LastDigest = l.Position, l.Digest
	return h, nil
}

// slashed is a path as every system's ledger keeps it.
func slashed(name string) string { return strings.ReplaceAll(name, `\`, "/") }
