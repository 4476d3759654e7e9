package ledger

import (
	"context"
	"fmt"
)

// ArchiveDirs says which account each directory belongs to that somebody owns.
func (l Planner) ArchiveDirs(ctx context.Context) (owners map[string]string, err error) {
	type row struct{ path, account string }
	var rows []row
	err = l.read(ctx, func(t tx) error {
		rows, err = collect(t, func(s scanner) (r row, err error) { return r, s.Scan(&r.path, &r.account) }, `SELECT path, account FROM archive_directory`)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("directories: %w", err)
	}
	owners = map[string]string{}
	for _, r := range rows {
		owners[r.path] = r.account
	}
	return owners, nil
}

// ClaimArchiveDir makes a directory the account's, unless it is another's already, and says
// whose it is.
func (l Planner) ClaimArchiveDir(ctx context.Context, path, account string) (owner string, err error) {
	err = l.write(ctx, func(t tx) error {
		if _, err := t.exec(`INSERT INTO archive_directory (path, account) VALUES (?, ?) ON CONFLICT (path) DO NOTHING`, path, account); err != nil {
			return err
		}
		return t.row([]any{&owner}, `SELECT account FROM archive_directory WHERE path = ?`, path)
	})
	if err != nil {
		return "", fmt.Errorf("directory %s: %w", path, err)
	}
	return owner, nil
}
