package series

import (
	"database/sql"
	"errors"
	"fmt"
	"path"
)

// A Tx is one transaction of the ledger, see [ledger.Tx].
type Tx interface {
	Exec(query string, args ...any) (int64, error)
	Row(dest []any, query string, args ...any) error
	Each(scan func(columns func(dest ...any) error) error, query string, args ...any) error
}

const (
	insertLink = `INSERT INTO report_digest (account, series, position, period_id, edition, report, number, from_at, to_at, dir, files, previous, digest, reconstructed, state, checksum)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`
	upsertHead = `INSERT INTO report_series (account, series, taken, taken_digest, last, last_digest, checksum) VALUES (?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (account, series) DO UPDATE SET taken = excluded.taken, taken_digest = excluded.taken_digest, last = excluded.last, last_digest = excluded.last_digest, checksum = excluded.checksum`
	selectHead = selectHeads + ` WHERE account = ? AND series = ?`
)

// Frequent are the statements that each report takes.
func Frequent() []string { return []string{insertLink, upsertHead, selectHead} }

// Append gives a report that was made its place at the end of its series, and its digest. What
// it takes of the link is the series, the period, the directory and the facts.
func Append(tx Tx, l Link) (Link, error) {
	h, err := HeadOf(tx, l.Account, l.Series)
	if err != nil {
		return l, err
	}
	l.Position, l.Previous, l.State = h.Last+1, h.LastDigest, Kept
	l.Digest = l.Facts.Digest(l.Previous)
	files, err := encodeFiles(l.Files)
	if err != nil {
		return l, err
	}
	_, err = tx.Exec(insertLink,
		l.Account, l.Series, l.Position, l.PeriodID, l.Edition, l.Report, l.Number, l.From, l.To, l.Dir, files, l.Previous, l.Digest, number01(l.Reconstructed), int64(l.State), l.checksum(files))
	if err != nil {
		return l, fmt.Errorf("digest of %s: %w", l.Dir, err)
	}
	h.Last, h.LastDigest = l.Position, l.Digest
	return l, h.write(tx)
}

// AddFile adds a file of the report, by its path in the archive.
func (l *Link) AddFile(at, sum string) {
	dir, name := path.Split(slashed(at))
	l.Dir, l.Files = path.Clean(dir), append(l.Files, File{Name: name, SHA256: sum})
}

// ErrOvertaken is wrapped when another report stands at the end of a series than the files of the
// next one say.
var ErrOvertaken = errors.New("another report was recorded in between")

// Record appends a report whose files name a digest as the one before theirs, "" for none, and
// keeps what it was made by and of, JSON.
func Record(tx Tx, l Link, named string, origin []byte) error {
	l, err := Append(tx, l)
	if err == nil && named != "" && named != l.Previous {
		err = fmt.Errorf("its files name %s as the digest before theirs, which is %s: %w", named, l.Previous, ErrOvertaken)
	}
	if err != nil || origin == nil {
		return err
	}
	_, err = tx.Exec(`INSERT INTO report_origin (period_id, edition, origin) VALUES (?, ?, ?)`, l.PeriodID, l.Edition, string(origin))
	return err
}

// HeadOf is the head of a series; that of one which has not begun has Last 0.
func HeadOf(tx Tx, account, series string) (h Head, err error) {
	h, err = scanHead(func(dest ...any) error {
		return tx.Row(dest, selectHead, account, series)
	})
	if errors.Is(err, sql.ErrNoRows) {
		return Head{Account: account, Series: series}, nil
	}
	if err != nil {
		return h, fmt.Errorf("series %s: %w", series, err)
	}
	return h, nil
}

const selectHeads = `SELECT account, series, taken, taken_digest, last, last_digest, checksum FROM report_series`

func scanHead(columns func(dest ...any) error) (h Head, err error) {
	var sum int64
	err = columns(&h.Account, &h.Series, &h.Taken, &h.TakenDigest, &h.Last, &h.LastDigest, &sum)
	if err == nil && sum != h.checksum() {
		err = fmt.Errorf("what the ledger says of where it begins and ends %w", errChanged)
	}
	return h, err
}

func (h Head) write(tx Tx) error {
	_, err := tx.Exec(upsertHead,
		h.Account, h.Series, h.Taken, h.TakenDigest, h.Last, h.LastDigest, h.checksum())
	if err != nil {
		return fmt.Errorf("series %s: %w", h.Series, err)
	}
	return nil
}

// Rename has a series go on under another id, and those of its parts, whose ids begin with it and
// a dot. Where one of the new id has begun, both stand side by side.
func Rename(tx Tx, account, former, series string) error {
	var names []string
	err := tx.Each(func(columns func(dest ...any) error) error {
		name := ""
		err := columns(&name)
		names = append(names, name)
		return err
	}, `SELECT series FROM report_series WHERE account = ? AND (series = ? OR series > ? AND series < ?)`, account, former, former+".", former+"/")
	for _, name := range names {
		if err == nil {
			err = rename(tx, account, name, series+name[len(former):])
		}
	}
	return err
}

func rename(tx Tx, account, former, series string) error {
	begun, err := HeadOf(tx, account, series)
	if err != nil || begun.Last > 0 {
		return err
	}
	h, err := HeadOf(tx, account, former)
	if err == nil {
		err = change(tx, func(l *Link) { l.Series = series }, ` WHERE account = ? AND series = ?`, account, former)
	}
	if err == nil {
		_, err = tx.Exec(`DELETE FROM report_series WHERE account = ? AND series = ?`, account, former)
	}
	if err != nil {
		return err
	}
	h.Series = series
	return h.write(tx)
}

// SetState notes what retention does with the reports of a period.
func SetState(tx Tx, periodID int64, s State) error {
	return change(tx, func(l *Link) { l.State = s }, ` WHERE period_id = ? AND state < ?`, periodID, int64(s))
}

// change writes rows anew. A row that is not what was written stays so.
func change(tx Tx, how func(*Link), where string, args ...any) error {
	type row struct {
		Link
		files string
		sound bool
	}
	var rows []row
	err := tx.Each(func(columns func(dest ...any) error) error {
		l, files, sum, err := scanLink(columns)
		rows = append(rows, row{l, files, sum == l.checksum(files)})
		return err
	}, selectLinks+where, args...)
	if err != nil {
		return err
	}
	for _, r := range rows {
		l := r.Link
		how(&l)
		sum := l.checksum(r.files)
		if !r.sound {
			sum++ // and is found to be
		}
		_, err := tx.Exec(`UPDATE report_digest SET series = ?, state = ?, checksum = ? WHERE account = ? AND series = ? AND position = ?`,
			l.Series, int64(l.State), sum, r.Account, r.Series, r.Position)
		if err != nil {
			return fmt.Errorf("digest of %s: %w", l.Dir, err)
		}
	}
	return nil
}

// Forget notes of the periods that a condition chooses that they are forgotten, and takes those
// links that stand at the beginning of their series and nothing is left of. The newest stays.
func Forget(tx Tx, account, periods string, args ...any) error {
	err := change(tx, func(l *Link) { l.State = Forgotten }, ` WHERE period_id IN (SELECT id FROM period`+periods+`)`, args...)
	if err != nil {
		return err
	}
	var names []string
	err = tx.Each(func(columns func(dest ...any) error) error {
		name := ""
		err := columns(&name)
		names = append(names, name)
		return err
	}, `SELECT DISTINCT series FROM report_digest WHERE account = ? AND state = 3`, account)
	if err != nil {
		return err
	}
	for _, name := range names {
		if err := trim(tx, account, name); err != nil {
			return err
		}
	}
	return nil
}

func trim(tx Tx, account, series string) error {
	h, err := HeadOf(tx, account, series)
	if err != nil {
		return err
	}
	first := h.Last // that stays
	err = tx.Row([]any{&first}, `SELECT coalesce(min(position), ?) FROM report_digest WHERE account = ? AND series = ? AND (state < 3 OR position = ?)`, h.Last, account, series, h.Last)
	if err != nil || first <= h.Taken+1 {
		return err
	}
	err = tx.Row([]any{&h.TakenDigest}, `SELECT previous FROM report_digest WHERE account = ? AND series = ? AND position = ?`, account, series, first)
	if err != nil {
		return fmt.Errorf("series %s: %w", series, err)
	}
	if _, err = tx.Exec(`DELETE FROM report_digest WHERE account = ? AND series = ? AND position < ?`, account, series, first); err != nil {
		return fmt.Errorf("series %s: %w", series, err)
	}
	h.Taken = first - 1
	return h.write(tx)
}

const selectLinks = `SELECT account, series, position, period_id, edition, report, number, from_at, to_at, dir, files, previous, digest, reconstructed, state, checksum FROM report_digest`

func scanLink(columns func(dest ...any) error) (l Link, files string, sum int64, err error) {
	var reconstructed, state int64
	err = columns(&l.Account, &l.Series, &l.Position, &l.PeriodID, &l.Edition, &l.Report, &l.Number, &l.From, &l.To, &l.Dir, &files, &l.Previous, &l.Digest, &reconstructed, &state, &sum)
	l.From, l.To = l.From.UTC(), l.To.UTC()
	l.Reconstructed, l.State = reconstructed == 1, State(state)
	return l, files, sum, err
}

func number01(b bool) int64 {
	if b {
		return 1
	}
	return 0
}
