package builder

import (
	"cmp"
	"context"
	"errors"
	"path/filepath"
	"slices"
	"strconv"
	"time"

	"rapport/internal/lateevents"
	"rapport/internal/reconcile"
	"rapport/internal/report"
	"rapport/internal/slug"
	"rapport/internal/statement"
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
		builds[i] = &build{job: request.Job, dir: request.Dir, trial: request.Trial, ahead: request.Ahead, split: request.Split, now: now, correct: request.Correct, checkOnly: request.CheckOnly, partCheck: request.CheckParts}
	}
	r.buildAll(ctx, builds)
	results := make([]Result, len(batch))
	for i, b := range builds {
		results[i] = b.result()
		for _, warning := range results[i].Warnings {
			r.Log.Warn("report", "account", r.Account.ID, "report", b.job.Report.ID, "period", b.job.PeriodName(), "warning", warning)
		}
	}
	return results
}

func (r *Builder) buildAll(ctx context.Context, batch []*build) {
	if len(batch) == 0 {
		return
	}
	for _, b := range batch {
		b.err = b.begin(r.lapse())
	}
	err := Recover(func() error { return r.read(ctx, batch) })
	for i, b := range batch {
		if b.err == nil {
			b.err = err
		}
		if b.err == nil {
			b.err = b.held()
		}
		if b.err == nil {
			b.err = Recover(func() error { return r.write(ctx, b, batch[:i]) })
		}
		b.err = errors.Join(b.err, b.rows.Close())
	}
}

// lapse says how long authorisations live.
func (r *Builder) lapse() []reportconfig.LapseLimit {
	return slices.Concat(r.Lapse, report.DefaultExpiry())
}

// result is what a build gave; with an error nothing else.
func (b *build) result() Result {
	if b.err != nil {
		return Result{Job: b.job, Now: b.now, Err: b.err, Warnings: b.warnings.all()}
	}
	unknown := unknownMoney(b.figures.Totals)
	if b.correct != nil {
		return b.corrected()
	}
	sum, form, err := b.sumOfPart()
	return Result{
		Err: err, RowSum: sum, Form: form,
		KeptRows: b.keptRows, Zone: b.rows.Zone.String(),
		Settlements: b.left(), Previous: b.previous, Reconciled: b.figures.Reconciled,
		Job: b.job, Now: b.now, Files: b.files, Statement: b.statement, Number: b.number, Rows: b.figures.Totals.Rows, Totals: b.figures.Totals.List(b.figures.Layout),
		Differs:      b.figures.Reconciled.Verdict == reconcile.Differs || len(unknown) > 0,
		Fingerprints: b.marks.Pack(report.FilterHash(b.job.Report.Data)), Warnings: b.warnings.all(), Unknown: unknown,
	}
}

func (b *build) begin(lapse []reportconfig.LapseLimit) (err error) {
	entry := b.job.Report
	if b.figures.Words, err = locales.For(string(entry.Language)); err != nil {
		return err
	}
	b.csvWords = b.figures.Words
	if entry.MachineCSV { // names and words that a program reads do not change with the language
		if b.csvWords, err = locales.For("en"); err != nil {
			return err
		}
	}
	if b.kind, err = report.Define(entry, b.job.Period, lapse); err != nil {
		return err
	}
	if b.correct != nil {
		return b.beginCorrection()
	}
	b.figures.Layout, b.figures.Totals = b.kind.Layout(), report.NewTotals()
	if slices.Contains(entry.ContentTypes, reportconfig.PDF) {
		b.figures.Printed = render.Printable
	}
	if _, ok := entry.Data.(reportconfig.Transactions); ok {
		b.marks = &lateevents.Fingerprints{}
	}
	return nil
}

// write writes the files of a report, and those of its parts. Before are the builds of the
// batch that are recorded before it.
func (r *Builder) write(ctx context.Context, b *build, before []*build) error {
	release, err := r.Render.Acquire(ctx, r.Account.ID)
	if err != nil {
		return err
	}
	defer release()
	defer r.measure("render")()
	if b.correct != nil {
		return correctionWriter{r}.write(ctx, b)
	}
	if err := r.writeFiles(ctx, b, before); err != nil || b.sheet == nil {
		return err
	}
	return r.writeParts(ctx, b, b.split, b.sheet)
}

// writeFiles sorts and sums the rows of a report and writes its files. Before is as of write.
func (r *Builder) writeFiles(ctx context.Context, b *build, before []*build) error {
	asked := b.job.Report.ContentTypes
	base := filepath.Join(b.dir, baseName(b.job))
	rows := pdfRows{wanted: slices.Contains(asked, reportconfig.PDF) && !b.job.Report.TotalsPDF}
	csv, err := b.writeCSV(base+".csv", &rows)
	if err != nil {
		return err
	}
	b.rowsLeft = rows.left
	if b.split != nil {
		if b.sheet, err = b.sheetOf(b.split.Plan); err != nil {
			return err
		}
	}
	m, err := statement.LoadPrevious(ctx, r.History, r.Account.ID, b.job)
	if err != nil {
		return err
	}
	m.Number += b.ahead
	if err := r.setPrevious(ctx, b, before, m.Number); err != nil {
		return err
	}
	if err := (settlementBuilder{r}).forwardAttachments(ctx, b, base); err != nil {
		return err
	}
	if b.statement, err = statement.Compose(r.Account, b.job, &b.figures, m, b.now); err != nil {
		return err
	}
	b.describeSheet()
	if err := b.warnings.ofUnknown(unknownMoney(b.figures.Totals)); err != nil {
		return err
	}
	if slices.Contains(asked, reportconfig.PDF) {
		b.warnings.ofLogo(r.Account.Organization.Logo)
		pdf, err := r.writePDF(base+".pdf", b, rows.kept)
		if err != nil {
			return err
		}
		b.files = append(b.files, pdf)
	}
	if slices.Contains(asked, reportconfig.CSV) || rows.left { // the PDF says that they are there
		b.files = append(b.files, csv)
	} else if err := b.keepRows(csv.Path); err != nil {
		return err
	}
	if slices.Contains(asked, reportconfig.XLSX) {
		book, err := r.writeXLSX(base+".xlsx", b)
		if err != nil {
			return err
		}
		b.files = append(b.files, book)
	}
	if err := r.writeSheet(b, base); err != nil {
		return err
	}
	return (settlementBuilder{r}).writeSettlementFiles(b, base)
}

// baseName is the file name without its ending: <slug of name>_<period>, the same in every language, and which
// correction of it.
func baseName(j report.Job) string {
	name := j.Report.Name
	if name == "" {
		if english, err := locales.For("en"); err == nil {
			name = english.Word("title." + string(j.Report.Data.DataType()))
		}
	}
	name = cmp.Or(slug.Of(name), j.Report.ID) + "_" + j.PeriodName()
	if j.Edition > 0 {
		name += "_correction-" + strconv.Itoa(j.Edition)
	}
	return name
}
