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

// built is a report that is made: its files, and what mail and document say of it.
type built struct {
	words  *locales.Printer // of the report
	csv    *locales.Printer // of its CSV, which may be another
	shape  shape
	files  []file
	totals *totals
	story  story

	reconciliation reconciliation
	marks          *marks // of the rows; nil: nobody looks at them later

	rowsLeft bool // the PDF leaves the rows to the CSV
}

// buildAll reads the source once for a batch of one question, then writes each one's
// files. What goes wrong with one is its error and stops no other; what goes wrong with
// the source is everyone's.
func (r *Runner) buildAll(ctx context.Context, batch []*assembly) {
	if len(batch) == 0 {
		return
	}
	for _, a := range batch {
		a.err = a.begin(slices.Concat(r.Lapse, defaultLapse()))
	}
	err := contained(func() error { return r.read(ctx, batch) })
	for _, a := range batch {
		if a.err == nil {
			a.err = err
		}
		if a.err == nil {
			a.err = a.held()
		}
		if a.err == nil {
			a.err = contained(func() error { return r.write(ctx, a) })
		}
		if a.err = errors.Join(a.err, a.rows.close()); a.err != nil {
			a.built = nil
		}
	}
}

func (a *assembly) begin(lapse []reportconfig.LapseLimit) error {
	words, err := locales.For(string(a.job.Report.Language))
	if err != nil {
		return err
	}
	csv := words
	if a.job.Report.MachineCSV { // names and words that a program reads do not change with the language
		if csv, err = locales.For("en"); err != nil {
			return err
		}
	}
	if a.kind, err = kindOf(a.job.Report, a.job.Period, lapse); err != nil {
		return err
	}
	a.built = &built{words: words, csv: csv, shape: a.kind.shape(), totals: newTotals()}
	if _, ok := a.kind.(transactionRows); ok {
		a.built.marks = &marks{}
	}
	return nil
}

// write sorts and sums the rows of a report and writes its files.
func (r *Runner) write(ctx context.Context, a *assembly) error {
	release, err := r.place(ctx)
	if err != nil {
		return err
	}
	defer release()
	defer r.meter("render")()
	b, asked := a.built, a.job.Report.ContentTypes
	base := filepath.Join(a.dir, r.baseName(a.job))
	rows := keeper{wanted: slices.Contains(asked, reportconfig.PDF)}
	csv, err := b.writeCSV(base+".csv", a, &rows)
	if err != nil {
		return err
	}
	b.rowsLeft = rows.left
	m, err := r.remember(ctx, a.job)
	if err != nil {
		return err
	}
	if b.story, err = r.tell(a.job, b, m, a.now); err != nil {
		return err
	}
	if rows.wanted {
		pdf, err := r.writePDF(base+".pdf", a.job, b, a.now, rows.kept)
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

// place waits for one of the places where reports are written out.
func (r *Runner) place(ctx context.Context) (release func(), err error) {
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

func (b *built) columns(words *locales.Printer) []render.Column {
	var columns []render.Column
	for _, c := range b.shape.columns {
		columns = append(columns, render.Column{
			Title: words.Word("column." + c.key), Kind: c.kind, Rank: c.rank, Day: c.role == dayRole, Sum: c.role == sumRole,
		})
	}
	return columns
}

// baseName is the file name without its ending: <slug of name>_<period>, the same in every language.
func (r *Runner) baseName(j Job) string {
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
