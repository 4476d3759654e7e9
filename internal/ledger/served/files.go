package served

import (
	"context"
	"time"

	"rapport/internal/ledger"
)

// A File is one that was made for a period.
type File struct {
	PeriodID int64
	ledger.Key
	Period, Schedule string
	Edition          int // above 0: it was made again, or corrects what was made
	MadeAt           time.Time
	Facts            []byte // what its report was then, JSON; nil: nobody knows
	Position         int    // among the files of the period
	ledger.Artifact
}

const selectFiles = `SELECT p.id, p.account, p.report, p.from_at, p.to_at, p.name, p.schedule, p.edition, p.made_at, m.facts, a.position, a.path, a.content_type, a.sha256, a.size, a.row_count, a.checksum
	FROM period p CROSS JOIN artifact a LEFT JOIN made_report m ON m.period_id = p.id`

func scanFile(columns func(dest ...any) error) (f File, err error) {
	var sum int64
	err = columns(&f.PeriodID, &f.Account, &f.Report, &f.From, &f.To, &f.Period, &f.Schedule, &f.Edition, &f.MadeAt, &f.Facts, &f.Position, &f.Path, &f.ContentType, &f.SHA256, &f.Size, &f.Rows, &sum)
	if err == nil {
		err = f.RequireSum(f.PeriodID, sum)
	}
	return f, err
}

// A FileCursor is a place in the list of files; the zero one is its beginning.
type FileCursor struct {
	MadeAt   time.Time
	PeriodID int64
	Position int
}

// Files gives the files of an account behind a place, the newest first, those of one period
// together. What was pruned is not among them.
func (t files) Files(ctx context.Context, account string, after FileCursor, limit int) ([]File, error) {
	where, args := ` WHERE p.account = ? AND p.detailed = 1 AND a.period_id = p.id AND a.edition = p.edition`, []any{account}
	if !after.MadeAt.IsZero() {
		where += ` AND p.made_at <= ? AND (p.made_at < ? OR p.id < ? OR p.id = ? AND a.position > ?)`
		args = append(args, after.MadeAt, after.MadeAt, after.PeriodID, after.PeriodID, after.Position)
	}
	return list(ctx, t.db, scanFile, selectFiles+where+` ORDER BY p.made_at DESC, p.id DESC, a.position LIMIT ?`, append(args, limit)...)
}

// File gives one file of a period.
func (t files) File(ctx context.Context, periodID int64, position int) (f File, found bool, err error) {
	all, err := list(ctx, t.db, scanFile, selectFiles+` WHERE p.id = ? AND p.detailed = 1 AND a.period_id = p.id AND a.edition = p.edition AND a.position = ?`, periodID, position)
	if err != nil || len(all) == 0 {
		return f, false, err
	}
	return all[0], true, nil
}

// FilesOf gives all files of a period.
func (t files) FilesOf(ctx context.Context, periodID int64) ([]File, error) {
	return list(ctx, t.db, scanFile, selectFiles+` WHERE p.id = ? AND p.detailed = 1 AND a.period_id = p.id AND a.edition = p.edition ORDER BY a.position`, periodID)
}
