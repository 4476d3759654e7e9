package builder

import (
	"context"
	"path/filepath"

	"rapport/internal/ledger"
	"rapport/internal/series"
)

// A digestReader is a history that knows the digests of what was made. *ledger.Ledger is one.
type digestReader interface {
	Read(context.Context, func(ledger.Tx) error) error
}

// setPrevious looks up the digest of the report that stands before a build's in its series: in
// the ledger, or among the builds that are recorded before it.
func (r *Builder) setPrevious(ctx context.Context, b *build, before []*build, number int) (err error) {
	b.number = number
	for _, a := range before {
		if a.job.Report.ID == b.job.Report.ID && a.job.Period.From.Before(b.job.Period.From) && a.err == nil {
			b.previous = a.digest(r.Account.ID)
		}
	}
	book, ok := r.History.(digestReader)
	if ok && b.previous == "" && b.ahead == 0 { // else the one before is a trial
		b.previous, err = series.Before(ctx, book.Read, r.Account.ID, b.job.Report.ID, b.job.Period.From, b.job.Period.To, b.job.Edition)
	}
	return err
}

// digest is what a build will have once it is recorded.
func (b *build) digest(account string) string {
	f := series.Facts{Account: account, Report: b.job.Report.ID, Number: series.Number(b.number, b.job.Edition), From: b.job.Period.From, To: b.job.Period.To}
	for _, file := range b.files {
		f.Files = append(f.Files, series.File{Name: filepath.Base(file.Path), SHA256: file.SHA256})
	}
	return f.Digest(b.previous)
}

// previousWord says which report stands before this one, by the beginning of its digest; "" for
// the first.
func (b *build) previousWord() string {
	if b.previous == "" {
		return ""
	}
	return b.figures.Words.Word("document.previous", b.previous[:min(series.Printed, len(b.previous))])
}
