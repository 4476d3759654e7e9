// Package ownership knows in a ledger which configuration has a report, under which id it goes on, and
// whose its place in an archive is. It refuses a report that another configuration has too.
package ownership

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"rapport/internal/ledger/alarms"
	"rapport/internal/ledger/database"
	"rapport/internal/ledger/notifications"
	"rapport/internal/series"
)

// Ownership is that of one ledger's reports. All methods may be called at any time, from any goroutine.
type Ownership struct {
	db         *database.DB
	ofDelivery func(alarmKind string) bool // whether such alarms are about a delivery
}

// Of is that of a database.
func Of(db *database.DB, ofDelivery func(alarmKind string) bool) Ownership {
	return Ownership{db, ofDelivery}
}

// ArchiveDirs says which account each directory belongs to that somebody owns.
func (l Ownership) ArchiveDirs(ctx context.Context) (owners map[string]string, err error) {
	type row struct{ path, account string }
	var rows []row
	err = l.db.Read(ctx, func(t database.Tx) error {
		rows, err = database.Collect(t, func(s database.Scanner) (r row, err error) { return r, s.Scan(&r.path, &r.account) }, `SELECT path, account FROM archive_directory`)
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
func (l Ownership) ClaimArchiveDir(ctx context.Context, path, account string) (owner string, err error) {
	err = l.db.Write(ctx, func(t database.Tx) error {
		if _, err := t.Exec(`INSERT INTO archive_directory (path, account) VALUES (?, ?) ON CONFLICT (path) DO NOTHING`, path, account); err != nil {
			return err
		}
		return t.Row([]any{&owner}, `SELECT account FROM archive_directory WHERE path = ?`, path)
	})
	if err != nil {
		return "", fmt.Errorf("directory %s: %w", path, err)
	}
	return owner, nil
}

// An OwnedElsewhereError says that another configuration has the report, in the same ledger:
// two with one id would take each other's periods for their own.
type OwnedElsewhereError struct{ Report, Config string }

func (e *OwnedElsewhereError) Error() string {
	return fmt.Sprintf("report %s is also in %s, with the same account and the same ledger — give one of them another id, or its file another state", e.Report, e.Config)
}

// RequireOwned refuses a report that another configuration than config has.
func RequireOwned(t database.Tx, account, report, config string) error {
	var other string
	err := t.Row([]any{&other}, `SELECT config FROM planned_through WHERE account = ? AND report = ? AND config <> ? LIMIT 1`, account, report, config)
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	if err == nil {
		err = &OwnedElsewhereError{Report: report, Config: other}
	}
	return err
}

// withParts is a report or a part of it: its id, that with a dot, and that with the sign after the dot.
const withParts = `(report = ? OR report >= ? AND report < ?)`

// TakeOver gives a report, with all that is to be done for it, from one configuration to
// another. The caller knows that the first is gone, or has the report no more. One that a
// third configuration has is an *OwnedElsewhereError.
func (l Ownership) TakeOver(ctx context.Context, account, report, from, to string) error {
	err := l.db.Write(ctx, func(t database.Tx) error {
		for _, statement := range []string{
			`UPDATE planned_through SET config = ? WHERE account = ? AND report = ? AND config = ?`,
			`UPDATE period SET config = ? WHERE account = ? AND ` + withParts + ` AND config = ?`,
		} {
			args := []any{to, account, report, from}
			if strings.Contains(statement, withParts) {
				args = []any{to, account, report, report + ".", report + "/", from}
			}
			if _, err := t.Exec(statement, args...); err != nil {
				return err
			}
		}
		_, err := t.Exec(`UPDATE delivery SET config = ? WHERE config = ? AND period_id IN (SELECT id FROM period WHERE account = ? AND `+withParts+`)`,
			to, from, account, report, report+".", report+"/")
		if err != nil {
			return err
		}
		return RequireOwned(t, account, report, to)
	})
	return database.Wrap(err, "take over %s from %s", report, from)
}

// A RenamedError says that a report goes on under another id: whoever still knows it by the
// former one must not begin it anew.
type RenamedError struct{ Former, Report string }

func (e *RenamedError) Error() string {
	return fmt.Sprintf("report %s goes on as %s, and is not begun anew — reload the configuration if it has %s; to go back to the former id add: was: %s; or choose another id",
		e.Former, e.Report, e.Report, e.Report)
}

// RequireCurrentID refuses an id under which a report does not go on any more.
func RequireCurrentID(t database.Tx, account, report string) error {
	var now string
	err := t.Row([]any{&now}, `SELECT report FROM former_report_id WHERE account = ? AND former = ?`, account, report)
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	if err == nil {
		err = &RenamedError{Former: report, Report: now}
	}
	return err
}

// FormerReportIDs gives the ids that reports had, and as what they go on.
func (l Ownership) FormerReportIDs(ctx context.Context, account string) (now map[string]string, err error) {
	type row struct{ former, report string }
	rows, err := database.List(ctx, l.db, func(s database.Scanner) (r row, err error) { return r, s.Scan(&r.former, &r.report) },
		`SELECT former, report FROM former_report_id WHERE account = ?`, account)
	if err != nil {
		return nil, fmt.Errorf("former ids: %w", err)
	}
	now = map[string]string{}
	for _, r := range rows {
		now[r.former] = r.report
	}
	return now, nil
}

// ForgetFormerReportID lets a report of its own begin under an id that another one had. The
// caller knows that there are both.
func (l Ownership) ForgetFormerReportID(ctx context.Context, account, former string) error {
	return l.db.Write(ctx, func(t database.Tx) error {
		_, err := t.Exec(`DELETE FROM former_report_id WHERE account = ? AND former = ?`, account, former)
		return err
	})
}

// RenameReport has a report go on under another id: its periods, messages, numbers and alarms
// are the other's from then on, and its files stay where they are. A period that both have
// stays with the former id. It tells whether there was something to rename. A report that
// another configuration has, under either id, is an *OwnedElsewhereError.
func (l Ownership) RenameReport(ctx context.Context, account, former, report, config string) (renamed bool, err error) {
	err = l.db.Write(ctx, func(t database.Tx) error {
		known := 0
		if err := t.Row([]any{&known}, `SELECT count(*) FROM planned_through WHERE account = ? AND report = ?`, account, former); err != nil {
			return err
		}
		if renamed = known > 0 && former != report; !renamed {
			return nil
		}
		for _, id := range []string{former, report} {
			if err := RequireOwned(t, account, id, config); err != nil {
				return err
			}
		}
		for _, rename := range []func(t database.Tx, account, former, report string) error{renameParts, renamePeriods, renameSeries, l.renameAlarms} {
			if err := rename(t, account, former, report); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return false, fmt.Errorf("rename %s to %s: %w", former, report, err)
	}
	return renamed, nil
}

// renameParts has the parts of a report be another's. A value that both have a part of keeps the
// other's name.
func renameParts(t database.Tx, account, former, report string) error {
	const cut = `substr(report, length(?) + 1)` // the dot and the name
	free := func(table string) string {
		return ` AND NOT EXISTS (SELECT 1 FROM ` + table + ` o WHERE o.account = ` + table + `.account AND o.report = ? || substr(` + table + `.report, length(?) + 1)`
	}
	for _, s := range []struct {
		statement string
		args      []any
	}{
		{`UPDATE period SET archived_under = CASE WHEN archived_under = '' THEN report ELSE archived_under END, report = ? || ` + cut + `
			WHERE account = ? AND report >= ? AND report < ?` + free("period") + ` AND o.from_at = period.from_at AND o.to_at = period.to_at)`,
			[]any{report, former, account, former + ".", former + "/", report, former}},
		{`UPDATE report_number SET report = ? || ` + cut + ` WHERE account = ? AND report >= ? AND report < ?` + free("report_number") + `)`,
			[]any{report, former, account, former + ".", former + "/", report, former}},
		{`UPDATE part SET report = ? WHERE account = ? AND report = ? AND NOT EXISTS (SELECT 1 FROM part o WHERE o.account = part.account AND o.report = ? AND (o.slug = part.slug OR o.value = part.value))`,
			[]any{report, account, former, report}},
	} {
		if _, err := t.Exec(s.statement, s.args...); err != nil {
			return fmt.Errorf("parts: %w", err)
		}
	}
	return nil
}

// renamePeriods gives the periods another report. Those that may have files keep their place in
// the archive.
func renamePeriods(t database.Tx, account, former, report string) error {
	_, err := t.Exec(`UPDATE period SET report = ?, archived_under = CASE
			WHEN archived_under = '' AND (state IN ('made', 'archived') OR edition > 0 OR claimed_by IS NOT NULL) THEN ? ELSE archived_under END
		WHERE account = ? AND report = ?
		AND NOT EXISTS (SELECT 1 FROM period o WHERE o.account = period.account AND o.report = ? AND o.from_at = period.from_at AND o.to_at = period.to_at)`,
		report, former, account, former, report)
	return err
}

// renameSeries gives another report what is known of all periods together. Where that has some
// of its own, the earlier end of what is planned counts, so that nothing is left out, and the
// higher number.
func renameSeries(t database.Tx, account, former, report string) error {
	for _, s := range []struct {
		statement string
		args      []any
	}{
		{`INSERT INTO planned_through (account, report, schedule, config, to_at) SELECT account, ?, schedule, config, to_at FROM planned_through WHERE account = ? AND report = ?
			ON CONFLICT (account, report, schedule) DO UPDATE SET to_at = excluded.to_at, checksum = 0 WHERE planned_through.to_at > excluded.to_at`, []any{report, account, former}},
		{`DELETE FROM planned_through WHERE account = ? AND report = ?`, []any{account, former}},
		{`INSERT INTO report_number (account, report, last) SELECT account, ?, last FROM report_number WHERE account = ? AND report = ?
			ON CONFLICT (account, report) DO UPDATE SET last = excluded.last WHERE report_number.last < excluded.last`, []any{report, account, former}},
		{`DELETE FROM report_number WHERE account = ? AND report = ?`, []any{account, former}},
		{`INSERT INTO last_success (account, report, due_at, at) SELECT account, ?, due_at, at FROM last_success WHERE account = ? AND report = ?
			ON CONFLICT (account, report) DO UPDATE SET due_at = excluded.due_at, at = excluded.at WHERE last_success.due_at < excluded.due_at`, []any{report, account, former}},
		{`DELETE FROM last_success WHERE account = ? AND report = ?`, []any{account, former}},
		{`INSERT INTO settlement_record (account, report, from_at, to_at, name, record, checksum) SELECT account, ?, from_at, to_at, name, record, checksum FROM settlement_record WHERE account = ? AND report = ?
			ON CONFLICT DO NOTHING`, []any{report, account, former}},
		{`DELETE FROM settlement_record WHERE account = ? AND report = ?`, []any{account, former}},
		{`UPDATE voucher SET report = ? WHERE account = ? AND report = ?
			AND NOT EXISTS (SELECT 1 FROM voucher o WHERE o.account = voucher.account AND o.report = ? AND o.number = voucher.number)`, []any{report, account, former, report}},
		{`UPDATE notification SET target = ? WHERE account = ? AND kind = ? AND target = ?`, []any{report, account, notifications.Ping, former}},
		{`UPDATE former_report_id SET report = ? WHERE account = ? AND report = ?`, []any{report, account, former}},
		{`DELETE FROM former_report_id WHERE account = ? AND former = ?`, []any{account, report}},
		{`INSERT INTO former_report_id (account, former, report) VALUES (?, ?, ?)`, []any{account, former, report}},
	} {
		if _, err := t.Exec(s.statement, s.args...); err != nil {
			return err
		}
	}
	return series.Rename(t, account, former, report)
}

// renameAlarms has the alarms of a report be another's.
func (l Ownership) renameAlarms(t database.Tx, account, former, report string) error {
	return alarms.Rename(t, account, former, report, l.ofDelivery)
}
