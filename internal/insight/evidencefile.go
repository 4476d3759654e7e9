package insight

import (
	"errors"
	"io/fs"

	"rapport/internal/archive"
	"rapport/internal/evidence"
	"rapport/internal/ledger"
	"rapport/internal/yamltree"
)

// readEvidence is GET …/reports/evidence/{id}?period=: what proves a report that was made. The id is
// a report configuration's, or a report's own as the file, a part and generate-report have it.
func readEvidence(q *request) (any, error) {
	p := parameters{values: q.URL.Query()}
	period, _ := p.one("period", true)
	if err := p.refused(); err != nil {
		return nil, err
	}
	report := q.PathValue("id")
	for _, r := range q.account.Config.Reports {
		if FileReportID(q.account.Config.Account, r.ID) == report {
			report = r.ID
		}
	}
	of := evidence.Request{Ledger: q.account.Ledger, Archive: q.account.Archive, Account: q.account.Config.Account, Report: report, Period: period}
	var fault error // of what is proven; any other is the ledger's
	err := q.account.use(func() error {
		fault = evidence.Serve(q.writer, q.Request, of, func() error {
			return q.account.Ledger.Write(q.Context(), func(tx ledger.Tx) error {
				return q.act("evidence", "report "+report+" "+period, "", "").WriteDown(tx)
			})
		})
		if errors.Is(fault, evidence.ErrNotMade) || errors.Is(fault, archive.ErrChanged) || errors.Is(fault, fs.ErrNotExist) || errors.As(fault, new(*archive.StoreError)) {
			return nil
		}
		return fault
	})
	switch {
	case err != nil:
		return nil, err
	case errors.Is(fault, evidence.ErrNotMade):
		return nil, errNotFound("report " + yamltree.Quote(report) + " has no period " + yamltree.Quote(period) + " that was made")
	case errors.As(fault, new(*archive.StoreError)) && !errors.Is(fault, fs.ErrNotExist):
		return nil, errUnavailable("the store of the archive does not answer")
	case fault != nil && q.Context().Err() == nil: // a file is not the one that was made, or gone
		q.account.Alarm(q.Context(), report, fault.Error())
	}
	return streamed{}, fault
}
