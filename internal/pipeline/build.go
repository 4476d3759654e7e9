package pipeline

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"time"

	"rapport/locales"
	"rapport/render"
	"rapport/reportconfig"
)

// Build reads the source once for a batch of one question, then writes each one's files.
// What goes wrong with one is its error and stops no other; what goes wrong with the source
// is everyone's.
func (r *Builder) Build(ctx context.Context, now time.Time, batch []Request) []Result {
	builds := make([]*build, len(batch))
	for i, request := range batch {
		builds[i] = &build{job: request.Job, dir: request.Dir, trial: request.Trial, ahead: request.Ahead, now: now}
	}
	r.buildAll(ctx, builds)
	results := make([]Result, len(batch))
	for i, b := range builds {
		results[i] = b.result()
	}
	return results
}

func (r *Builder) buildAll(ctx context.Context, batch []*build) {
	if len(batch) == 0 {
		return
	}
	for _, b := range batch {
		b.err = b.begin(slices.Concat(r.Lapse, defaultLapse()))
	}
	err := contained(func() error { return r.read(ctx, batch) })
	for _, b := range batch {
		if b.err == nil {
			b.err = err
		}
		if b.err == nil {
			b.err = b.held()
		}
		if b.err == nil {
			b.err = contained(func() error { return r.write(ctx, b) })
		}
		b.err = errors.Join(b.err, b.rows.close())
	}
}

// result is what a build gave; with an error nothing else.
func (b *build) result() Result {
	if b.err != nil {
		return Result{Job: b.job, Now: b.now, Err: b.err}
	}
	return Result{
		Job: b.job, Now: b.now, Files: b.files, Statement: b.statement, Rows: b.figures.totals.rows, Totals: b.figures.totals.list(b.figures.shape),
		Differs: b.figures.reconciliation.verdict == differs, Fingerprints: b.marks.pack(basis(b.job.Report.Data)),
	}
}

func (b *build) begin(lapse []reportconfig.LapseLimit) (err error) {
	report := b.job.Report
	if b.figures.words, err = locales.For(string(report.Language)); err != nil {
		return err
	}
	b.csvWords = b.figures.words
	if report.MachineCSV { // names and words that a program reads do not change with the language
		if b.csvWords, err = locales.For("en"); err != nil {
			return err
		}
	}
	if b.kind, err = kindOf(report, b.job.Period, lapse); err != nil {
		return err
	}
	b.figures.shape, b.figures.totals = b.kind.shape(), newTotals()
	if _, ok := report.Data.(reportconfig.Transactions); ok {
		b.marks = &marks{}
	}
	return nil
}

// write sorts and sums the rows of a report and writes its files.
func (r *Builder) write(ctx context.Context, b *build) error {
	release, err := r.acquireSlot(ctx)
	if err != nil {
		return err
	}
	defer release()
	defer r.measure("render")()
	asked := b.job.Report.ContentTypes
	base := filepath.Join(b.dir, baseName(b.job))
	rows := keeper{wanted: slices.Contains(asked, reportconfig.PDF)}
	csv, err := b.writeCSV(base+".csv", &rows)
	if err != nil {
		return err
	}
	b.rowsLeft = rows.left
	m, err := remember(ctx, r.History, r.Account.ID, b.job)
	if err != nil {
		return err
	}
	m.number += b.ahead
	if b.statement, err = compose(r.Account, b.job, &b.figures, m, b.now); err != nil {
		return err
	}
	if rows.wanted {
		pdf, err := r.writePDF(base+".pdf", b, rows.kept)
		if err != nil {
			return err
		}
		b.files = append(b.files, pdf)
	}
	if slices.Contains(asked, reportconfig.CSV) || rows.left {
		b.files = append(b.files, csv)
		return nil
	}
	return os.Remove(csv.path)
}

// acquireSlot waits for one of the places where reports are written out.
func (r *Builder) acquireSlot(ctx context.Context) (release func(), err error) {
	if err := ctx.Err(); err != nil || r.Render == nil {
		return func() {}, err
	}
	select {
	case r.Render <- struct{}{}:
		return func() { <-r.Render }, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// columns are those of a data type, with their titles in words' language.
func (s shape) titled(words *locales.Printer) []render.Column {
	var columns []render.Column
	for _, c := range s.columns {
		columns = append(columns, render.Column{
			Title: words.Word("column." + c.key), Kind: c.kind, Rank: c.rank, Day: c.role == dayRole, Sum: c.role == sumRole,
		})
	}
	return columns
}

// baseName is the file name without its ending: <slug of name>_<period>, the same in every language.
func baseName(j Job) string {
	name := j.Report.Name
	if name == "" {
		if english, err := locales.For("en"); err == nil {
			name = english.Word("title." + string(j.Report.Data.DataType()))
		}
	}
	slug := reportconfig.Slug(name)
	if slug == "" {
		slug = j.Report.ID
	}
	return slug + "_" + j.name()
}

// noons are those of the local days of a period: some zones have days without a midnight,
// and one left a day out.
func noons(p reportconfig.Period) (list []time.Time) {
	year, month, day := p.From.Date()
	for ; ; day++ {
		noon := time.Date(year, month, day, 12, 0, 0, 0, p.From.Location())
		if !noon.Before(p.To) {
			return list
		}
		if n := len(list); n == 0 || list[n-1].Format(dayLayout) != noon.Format(dayLayout) {
			list = append(list, noon)
		}
	}
}
