// Package builder makes the files of reports: it reads the source once for a batch of reports
// that ask the same, sorts and sums their rows, compares them with Dintero's own figures, and
// writes CSV and PDF. A report that cannot be told whole is an error and stops no other; it
// refuses to write a file of what was not read to its end. It keeps no state between batches.
package builder

import (
	"context"
	"iter"
	"log/slog"

	"rapport/internal/archive"
	"rapport/internal/lateevents"
	"rapport/internal/payment"
	"rapport/internal/reconcile"
	"rapport/internal/renderslots"
	"rapport/internal/statement"
	"rapport/reportconfig"
)

// Source is where payments come from. A sequence yields an error at most once, last; a
// thing may come more than once. *fetch.Client and fetch.Files are sources.
type Source interface {
	Transactions(context.Context, payment.Query) iter.Seq2[payment.Transaction, error]
	Orders(context.Context, payment.Query) iter.Seq2[payment.Order, error]
	Wallets(context.Context, payment.Query) iter.Seq2[payment.WalletTransaction, error]
}

// Meter measures how long a stage takes: fetch, render or send.
type Meter interface {
	Start(stage string) (stop func())
}

// A Builder makes the files of reports: source → rows → totals → CSV and PDF.
type Builder struct {
	Account    statement.Account
	Lapse      []reportconfig.LapseLimit // how long authorisations live, before what is known of them
	Program    string                    // name and version, as printed
	Source     Source
	History    statement.History    // nil: nothing was made before
	LateEvents *lateevents.Detector // nil: nobody looks at closed periods
	Memory     *reconcile.Memory    // of earlier comparisons; nil: nothing is remembered
	Archive    archive.Archive      // zero: nothing was made before
	Trials     map[string][][]byte  // what trials of settlements would leave, by report; nil: they are not kept

	Log    *slog.Logger
	Meter  Meter                                                // nil: nothing is measured
	Render *renderslots.Slots                                   // nil: no bound
	Read   func(report, period string, things int64, done bool) // things read so far; nil: nobody asks
}

// measure begins to measure a stage.
func (r *Builder) measure(stage string) (stop func()) {
	if r.Meter == nil {
		return func() {}
	}
	return r.Meter.Start(stage)
}
