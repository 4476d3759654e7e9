package parts

import (
	"context"
	"fmt"

	"rapport/internal/ledger"
	"rapport/internal/report"
	"rapport/internal/statement"
	"rapport/reportconfig"
)

// Demanded is what is to be made for a period that is asked for: of a part, the whole as long as
// that is not made. Find gives a report, or a part of one, by its id.
func Demanded(ctx context.Context, account string, j report.Job, find func(id string) *reportconfig.Report, known statement.History) (report.Job, error) {
	whole := find(reportconfig.PartOf(j.Report.ID))
	if whole == nil {
		return j, nil
	}
	row, found, err := known.Period(ctx, statement.KeyOf(account, report.Job{Report: whole, Period: j.Period}))
	if err != nil {
		return j, fmt.Errorf("ledger: %w", err)
	}
	if part := find(j.Report.ID); part != nil && found && row.State == ledger.Made {
		j.Report = part
		return j, nil
	}
	j.Report = whole
	return j, nil
}
