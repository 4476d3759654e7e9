package planner

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"rapport/internal/archive"
	"rapport/internal/ledger"
	"rapport/internal/ledger/ownership"
	"rapport/reportconfig"
)

// takeOver makes the reports ours that another configuration had, and says why not of those
// that it still has, under the id that they have with us or under the one that they had. Renamed are
// those that the ledger knows by the latter.
func (p *Planner) takeOver(ctx context.Context) (elsewhere map[string]error, renamed map[string]string, err error) {
	rows, err := p.Ledger.PlannedThrough(ctx, p.Account.ID)
	if err != nil {
		return nil, nil, fmt.Errorf("plan: %w", err)
	}
	elsewhere, renamed = map[string]error{}, map[string]string{}
	for _, row := range rows {
		id := p.Reports.Set().Current(row.Report)
		if p.Report(id) == nil {
			continue
		}
		if row.Config != p.Path && (slices.Contains(p.Others.Load().Having(row.Report), row.Config) || !p.Owner.LeftBehind(row.Config, row.Report)) {
			elsewhere[id] = &ownership.OwnedElsewhereError{Report: row.Report, Config: row.Config}
			if id != row.Report {
				elsewhere[id] = fmt.Errorf("report %s was %s: %w", id, row.Report, elsewhere[id])
			}
			continue
		}
		if row.Config != p.Path {
			if err := p.Ledger.TakeOver(ctx, p.Account.ID, row.Report, row.Config, p.Path); err != nil {
				return nil, nil, fmt.Errorf("plan: %w", err)
			}
		}
		if id != row.Report {
			renamed[row.Report] = id
		}
	}
	for was, id := range renamed {
		if elsewhere[id] != nil {
			delete(renamed, was)
		}
	}
	return elsewhere, renamed, nil
}

// rename has the reports go on that had another id.
func (p *Planner) rename(ctx context.Context, renamed map[string]string, now time.Time) error {
	for was, id := range renamed {
		if _, err := p.Ledger.RenameReport(ctx, p.Account.ID, was, id, p.Path); err != nil {
			return fmt.Errorf("plan: %w", err)
		}
		p.Log.Info("a report goes on under another id", "account", p.Account.ID, "report", id, "was", was)
	}
	for _, was := range p.Reports.Set().Former() {
		p.Alarms.Resolve(ctx, ledger.AlarmConfiguration, was, now) // raised by who had not read the file again
	}
	if len(renamed) == 0 {
		return nil
	}
	return p.Alarms.Refresh(ctx)
}

// requireCurrent adds to those that are not planned the reports that go on under another id
// than ours: the file is older than what was done by it.
func (p *Planner) requireCurrent(ctx context.Context, elsewhere map[string]error) error {
	former, err := p.Ledger.FormerReportIDs(ctx, p.Account.ID)
	if err != nil {
		return fmt.Errorf("plan: %w", err)
	}
	for id, current := range former {
		switch {
		case p.Report(id) == nil:
		case p.Report(current) == nil:
			elsewhere[id] = &ownership.RenamedError{Former: id, Report: current}
		default: // there are both
			if err := p.Ledger.ForgetFormerReportID(ctx, p.Account.ID, id); err != nil {
				return fmt.Errorf("plan: %w", err)
			}
		}
	}
	return nil
}

// ErrForeignArchive is wrapped when another account keeps a report of the same id in the
// same archive: its files would be taken for ours, and ours for its.
var ErrForeignArchive = errors.New("give the report another id, or the file an archive of its own")

// RequireOurArchive refuses a report's directory that belongs to another account.
func RequireOurArchive(a archive.Archive, account string, entry *reportconfig.Report, owner string) error {
	if owner == "" || owner == account {
		return nil
	}
	return fmt.Errorf("report %s: account %s keeps a report of this id in the same archive %s — %w", entry.ID, owner, a.Name(""), ErrForeignArchive)
}

// ReportDir is a report's directory in an archive.
func ReportDir(a archive.Archive, entry *reportconfig.Report) string {
	return a.Name(archive.ReportKey(entry.ID))
}
