package insight

import (
	"context"
	"fmt"
	"log/slog"

	"rapport/internal/ledger"
	"rapport/internal/ledger/served"
	"rapport/reportconfig"
)

// An IDTakenError says that a report of a configuration file has the id of one that was made
// over HTTP.
type IDTakenError struct{ Config, Report string }

func (e *IDTakenError) Error() string {
	return fmt.Sprintf("%s: report %s was made over HTTP and has this id already — delete it there, or give this one another id", e.Config, e.Report)
}

// Adopt makes the account's reports that were made over HTTP a configuration's, which the ledger
// names by its path. One of the file whose id is theirs is an *IDTakenError.
func Adopt(ctx context.Context, l *ledger.Ledger, config *reportconfig.Config, path string) error {
	if config.Web == nil {
		return nil
	}
	tables := served.Of(l)
	for _, r := range config.Reports {
		row, found, err := tables.Report(ctx, config.Account, r.ID)
		if err != nil {
			return err
		}
		if found && row.DeletedAt.IsZero() {
			return &IDTakenError{Config: config.Path, Report: r.ID}
		}
	}
	return tables.AdoptReports(ctx, config.Account, path)
}

// MoreReports gives an engine the reports that were made over HTTP; nil where nothing is served.
func MoreReports(l *ledger.Ledger, config *reportconfig.Config, path string, log *slog.Logger) func(context.Context, string) ([]reportconfig.Report, string, error) {
	if config.Web == nil {
		return nil
	}
	return func(ctx context.Context, known string) ([]reportconfig.Report, string, error) {
		return ReportsOf(ctx, served.Of(l), config, path, known, func(report, what string) {
			log.Error("a report that was made over HTTP is not as it was", "account", config.Account, "report", report, "error", what)
		})
	}
}
