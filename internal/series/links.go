package series

import "strings"

// PageByPosition reads some links of a series as it was made, from behind a position on; none
// when there are no more.
func PageByPosition(tx Tx, account, series string, after int64) (page []Link, faults map[int]error, err error) {
	return read(tx, ` WHERE account = ? AND series = ? AND position > ? ORDER BY position LIMIT ?`, account, series, after, pageSize)
}

// PageByTime reads some links of a series by the calendar, from behind one on; the zero one is
// before the first.
func PageByTime(tx Tx, account, series string, after Link) (page []Link, err error) {
	page, _, err = read(tx, ` WHERE account = ? AND series = ? AND (from_at, to_at, position) > (?, ?, ?) ORDER BY from_at, to_at, position LIMIT ?`,
		account, series, after.From, after.To, after.Position, pageSize)
	return page, err
}

// InDirectories are the links of an account whose files are in some directories of the archive.
func InDirectories(tx Tx, account string, dirs []string) (links []Link, err error) {
	if len(dirs) == 0 {
		return nil, nil
	}
	args := []any{account}
	for _, dir := range dirs {
		args = append(args, dir)
	}
	links, _, err = read(tx, ` WHERE account = ? AND dir IN (?`+strings.Repeat(", ?", len(dirs)-1)+`) ORDER BY dir, series, position`, args...)
	return links, err
}

// IsAbove tells whether a directory has some in it in which files of links are.
func IsAbove(tx Tx, account, dir string) (bool, error) {
	n := 0
	err := tx.Row([]any{&n}, `SELECT count(*) FROM (SELECT 1 FROM report_digest WHERE account = ? AND dir > ? AND dir < ? LIMIT 1) below`, account, dir+"/", dir+"0")
	return n > 0, err
}

// WithDigest tells whether a series has a link of a digest.
func WithDigest(tx Tx, account, series, digest string) (bool, error) {
	n := 0
	err := tx.Row([]any{&n}, `SELECT count(*) FROM report_digest WHERE account = ? AND series = ? AND digest = ?`, account, series, digest)
	return n > 0, err
}

// OfPeriod are the links of a period of the ledger, the oldest first.
func OfPeriod(tx Tx, periodID int64) (links []Link, faults map[int]error, err error) {
	return read(tx, ` WHERE period_id = ? ORDER BY edition, position`, periodID)
}

// read reads links, and says which of them are not what was written.
func read(tx Tx, where string, args ...any) (links []Link, faults map[int]error, err error) {
	faults = map[int]error{}
	err = tx.Each(func(columns func(dest ...any) error) error {
		l, files, sum, err := scanLink(columns)
		if err != nil {
			return err
		}
		var fault error
		if l.Files, fault = decodeFiles(files); fault == nil {
			fault = l.verify(files, sum)
		}
		if fault != nil {
			faults[len(links)] = fault
		}
		links = append(links, l)
		return nil
	}, selectLinks+where, args...)
	return links, faults, err
}

// Heads are those of an account's series.
func Heads(tx Tx, account string) (heads []Head, faults map[string]error, err error) {
	faults = map[string]error{}
	err = tx.Each(func(columns func(dest ...any) error) error {
		h, fault := scanHead(columns)
		if h.Series == "" {
			return fault
		}
		if fault != nil {
			faults[h.Series] = fault
		}
		heads = append(heads, h)
		return nil
	}, selectHeads+` WHERE account = ? ORDER BY series`, account)
	return heads, faults, err
}
