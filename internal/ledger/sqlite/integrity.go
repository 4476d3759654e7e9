package sqlite

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"time"

	"rapport/internal/ledger/database"
)

// contents is what a file holds.
type contents int

const (
	nothing contents = iota
	ours
	foreign
)

func contentsOf(ctx context.Context, db *sql.DB) (contents, error) {
	var mark, objects int64
	if err := db.QueryRowContext(ctx, `PRAGMA application_id`).Scan(&mark); err != nil {
		return 0, err
	}
	if err := db.QueryRowContext(ctx, `SELECT count(*) FROM sqlite_master`).Scan(&objects); err != nil {
		return 0, err
	}
	switch {
	case mark == application:
		return ours, nil
	case mark == 0 && objects == 0:
		return nothing, nil
	}
	return foreign, nil
}

const checkPatience = 2 * time.Second // about a gigabyte

// check looks at the structure of the file, not at each value in it: the format has no
// checksums. It finds less in a file that takes longer.
func check(ctx context.Context, db *sql.DB, path string) error {
	if err := wholePages(ctx, db, path); err != nil {
		return err
	}
	bounded, cancel := context.WithTimeout(ctx, checkPatience)
	defer cancel()
	var finding string
	err := db.QueryRowContext(bounded, `PRAGMA quick_check(1)`).Scan(&finding)
	if bounded.Err() != nil {
		return ctx.Err()
	}
	if err == nil && finding != "ok" {
		err = database.DamagedError(finding)
	}
	return err
}

// wholePages fails when the file ends in the middle of a page and no log says what comes
// there.
func wholePages(ctx context.Context, db *sql.DB, path string) error {
	var page int64
	if err := db.QueryRowContext(ctx, `PRAGMA page_size`).Scan(&page); err != nil {
		return err
	}
	if log, err := os.Stat(path + "-wal"); err == nil && log.Size() > 0 {
		return nil
	}
	file, err := os.Stat(path)
	if err == nil && file.Size()%page != 0 {
		err = database.DamagedError(fmt.Sprintf("it ends after %d bytes, in the middle of a page", file.Size()))
	}
	return err
}
