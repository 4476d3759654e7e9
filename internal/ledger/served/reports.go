package served

import (
	"context"
	"fmt"
	"time"

	"rapport/internal/ledger"
)

// The kinds of reports that are made over HTTP.
const (
	Scheduled = "scheduled"
	Generated = "generated" // for one period, that somebody asked for
)

// A Report is one that was made over HTTP.
type Report struct {
	Account, ID string
	Config      string // the path of the configuration that it belongs to
	Kind        string
	Body        []byte // as it was given, JSON
	Sameness    string // no two scheduled ones of an account have the same
	CreatedAt   time.Time
	CreatedBy   string
	DeletedAt   time.Time // zero: it is there
}

// A SameError says that another report is the same.
type SameError struct{ ID string }

func (e *SameError) Error() string { return "report " + e.ID + " is the same" }

const selectReports = `SELECT account, id, config, kind, body, sameness, created_at, created_by, deleted_at FROM api_report`

func scanReport(columns func(dest ...any) error) (r Report, err error) {
	return r, columns(&r.Account, &r.ID, &r.Config, &r.Kind, &r.Body, &r.Sameness, &r.CreatedAt, &r.CreatedBy, &r.DeletedAt)
}

// Reports gives the reports of a configuration that are there, in the order in which they were
// made: the scheduled ones, and of the generated ones those of which something is to be done. The
// version is another one whenever they are; where it is the known one no reports are given.
func (t reports) Reports(ctx context.Context, account, config, known string) (all []Report, version string, err error) {
	err = t.db.Read(ctx, func(tx ledger.Tx) error {
		all = nil
		n, err := revisionOf(tx, account)
		if err != nil {
			return err
		}
		open, err := openGenerated(tx, account)
		if err != nil {
			return err
		}
		if version = fmt.Sprint(n, open); version == known {
			return nil
		}
		err = collect(tx, &all, scanReport, selectReports+` WHERE account = ? AND config = ? AND deleted_at = 0 AND kind = 'scheduled' ORDER BY created_at, id`, account, config)
		for _, id := range open {
			r, found, err := ReportOf(tx, account, id)
			if err != nil {
				return err
			}
			if found && r.Config == config {
				all = append(all, r)
			}
		}
		return err
	})
	return all, version, err
}

// openGenerated are the generated reports of which something is owed or waits.
func openGenerated(tx ledger.Tx, account string) (ids []string, err error) {
	err = collect(tx, &ids, func(columns func(dest ...any) error) (id string, err error) { return id, columns(&id) },
		`SELECT report FROM period WHERE account = ? AND state = 'owed' AND report LIKE 'generate-%'
		UNION SELECT p.report FROM delivery d JOIN period p ON p.id = d.period_id WHERE d.account = ? AND d.finished_at = 0 AND p.report LIKE 'generate-%' ORDER BY 1`,
		account, account)
	return ids, err
}

func revisionOf(tx ledger.Tx, account string) (n int64, err error) {
	_, err = none(tx.Row([]any{&n}, `SELECT revision FROM api_report_revision WHERE account = ?`, account))
	return n, err
}

// Report gives the report of an id, deleted or not.
func (t reports) Report(ctx context.Context, account, id string) (r Report, found bool, err error) {
	err = t.db.Read(ctx, func(tx ledger.Tx) error {
		r, found, err = ReportOf(tx, account, id)
		return err
	})
	return r, found, err
}

// ReportOf is Report in a transaction.
func ReportOf(tx ledger.Tx, account, id string) (r Report, found bool, err error) {
	var all []Report
	err = collect(tx, &all, scanReport, selectReports+` WHERE account = ? AND id = ?`, account, id)
	if err != nil || len(all) == 0 {
		return r, false, err
	}
	return all[0], true, nil
}

// Insert adds a report. One that is the same as another is a *SameError.
func (r Report) Insert(tx ledger.Tx) error {
	if err := r.requireUnlike(tx); err != nil {
		return err
	}
	_, err := tx.Exec(`INSERT INTO api_report (account, id, config, kind, body, sameness, created_at, created_by) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
		r.Account, r.ID, r.Config, r.Kind, string(r.Body), r.Sameness, r.CreatedAt, r.CreatedBy)
	if err != nil {
		return err
	}
	return revise(tx, r.Account)
}

// Replace gives a report another body. What becomes the same as another is a *SameError.
func (r Report) Replace(tx ledger.Tx) error {
	if err := r.requireUnlike(tx); err != nil {
		return err
	}
	n, err := tx.Exec(`UPDATE api_report SET body = ?, sameness = ? WHERE account = ? AND id = ? AND deleted_at = 0`, string(r.Body), r.Sameness, r.Account, r.ID)
	if err == nil && n == 0 {
		err = fmt.Errorf("report %s is not there", r.ID)
	}
	if err != nil {
		return err
	}
	return revise(tx, r.Account)
}

// Delete ends a report.
func (r Report) Delete(tx ledger.Tx, at time.Time) error {
	n, err := tx.Exec(`UPDATE api_report SET deleted_at = ? WHERE account = ? AND id = ? AND deleted_at = 0`, at, r.Account, r.ID)
	if err == nil && n == 0 {
		err = fmt.Errorf("report %s is not there", r.ID)
	}
	if err != nil {
		return err
	}
	return revise(tx, r.Account)
}

func (r Report) requireUnlike(tx ledger.Tx) error {
	if r.Kind != Scheduled {
		return nil
	}
	id := ""
	unlike, err := none(tx.Row([]any{&id}, `SELECT id FROM api_report WHERE account = ? AND sameness = ? AND id <> ? AND kind = 'scheduled' AND deleted_at = 0`, r.Account, r.Sameness, r.ID))
	if err == nil && !unlike {
		err = &SameError{ID: id}
	}
	return err
}

func revise(tx ledger.Tx, account string) error {
	_, err := tx.Exec(`INSERT INTO api_report_revision (account, revision) VALUES (?, 1)
		ON CONFLICT (account) DO UPDATE SET revision = api_report_revision.revision + 1`, account)
	return err
}

// AdoptReports makes all reports of an account a configuration's.
func (t reports) AdoptReports(ctx context.Context, account, config string) error {
	foreign := 0
	err := t.db.Read(ctx, func(tx ledger.Tx) error {
		return tx.Row([]any{&foreign}, `SELECT count(*) FROM api_report WHERE account = ? AND config <> ?`, account, config)
	})
	if err != nil || foreign == 0 {
		return err
	}
	return t.db.Write(ctx, func(tx ledger.Tx) error {
		if _, err := tx.Exec(`UPDATE api_report SET config = ? WHERE account = ?`, config, account); err != nil {
			return err
		}
		return revise(tx, account)
	})
}

// PurgeReports forgets the reports that were deleted before an instant, and those that were
// generated before it, as far as the ledger knows no period of them any more.
func (t reports) PurgeReports(ctx context.Context, account string, before time.Time) error {
	return t.db.Write(ctx, func(tx ledger.Tx) error {
		_, err := tx.Exec(`DELETE FROM api_report WHERE account = ? AND (deleted_at > 0 AND deleted_at < ? OR kind = 'generated' AND created_at < ?)
			AND NOT EXISTS (SELECT 1 FROM period p WHERE p.account = api_report.account AND p.report = api_report.id AND (p.detailed = 1 OR p.state = 'owed'))`,
			account, before, before)
		return err
	})
}

// FirstSeen gives when each of a file's reports was first seen: now, of those that were not yet.
func (t reports) FirstSeen(ctx context.Context, account string, reports []string, now time.Time) (map[string]time.Time, error) {
	seen := map[string]time.Time{}
	query := func(tx ledger.Tx) error {
		return tx.Each(func(columns func(dest ...any) error) error {
			id, at := "", time.Time{}
			err := columns(&id, &at)
			seen[id] = at
			return err
		}, `SELECT report, first_seen_at FROM file_report WHERE account = ?`, account)
	}
	err := t.db.Read(ctx, query)
	if err != nil {
		return nil, err
	}
	unseen := false
	for _, id := range reports {
		unseen = unseen || seen[id].IsZero()
	}
	if !unseen {
		return seen, nil
	}
	err = t.db.Write(ctx, func(tx ledger.Tx) error {
		for _, id := range reports {
			if _, err := tx.Exec(`INSERT INTO file_report (account, report, first_seen_at) VALUES (?, ?, ?) ON CONFLICT (account, report) DO NOTHING`, account, id, now); err != nil {
				return err
			}
		}
		return query(tx)
	})
	return seen, err
}
