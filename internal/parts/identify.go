package parts

import (
	"context"
	"fmt"

	"rapport/internal/ledger"
	"rapport/internal/report"
	"rapport/internal/split"
	"rapport/reportconfig"
)

// Directory finds the parts of reports; without a ledger, nil, none was made yet, and the addresses tell.
func Directory(ctx context.Context, account string, reports []reportconfig.Report, l *ledger.Ledger) *split.Directory {
	return &split.Directory{Value: func(whole, slug string) (value string, found bool, err error) {
		known, err := Slugs(ctx, l, account, whole)
		if err != nil {
			return "", false, err
		}
		for i := range reports {
			if reports[i].ID == whole {
				return split.Value(&reports[i], known, slug)
			}
		}
		return "", false, nil
	}}
}

// An UnknownError says that a report has no part of an id.
type UnknownError struct{ ID, Of string }

func (e *UnknownError) Error() string {
	return fmt.Sprintf("%s: report %s has no such part, and none is listed in its addresses", e.ID, e.Of)
}

// Identify finds out whose the parts are among what was chosen, and in its jobs. One that nobody
// knows is an *UnknownError.
func Identify(d *split.Directory, reports []reportconfig.Report, chosen []*reportconfig.Report, jobs []report.Job) error {
	found := map[string]*reportconfig.Report{}
	for i, entry := range chosen {
		if entry.Part == nil {
			continue
		}
		part := d.Entry(reports, entry.ID)
		switch {
		case part == nil:
			return &UnknownError{entry.ID, entry.Part.Of}
		case part.Part.Fault != nil:
			return fmt.Errorf("report %s: %w", entry.ID, part.Part.Fault)
		}
		chosen[i], found[part.ID] = part, part
	}
	for i := range jobs {
		if part := found[jobs[i].Report.ID]; part != nil {
			jobs[i].Report = part
		}
	}
	return nil
}
