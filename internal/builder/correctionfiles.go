package builder

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"time"

	"rapport/internal/archive"
	"rapport/internal/beforeafter"
	"rapport/internal/content"
	"rapport/internal/correction"
	"rapport/internal/lateevents"
	"rapport/internal/ledger"
	"rapport/internal/payment"
	"rapport/internal/report"
	"rapport/internal/statement"
	"rapport/locales"
	"rapport/render"
	"rapport/render/xlsx"
	"rapport/reportconfig"
)

// ErrUnchanged says that a period has the rows that its report and the corrections since have:
// there is nothing to correct.
var ErrUnchanged = errors.New("nothing has changed after all")

// beginCorrection has a correction speak as what it corrects, whatever the report speaks by now.
func (b *build) beginCorrection() (err error) {
	entry := *b.job.Report
	entry.Language, entry.MachineCSV = reportconfig.Language(b.correct.Form.Language), b.correct.Form.Machine
	if b.correct.Form.Machine {
		entry.Language = b.job.Report.Language
	}
	b.job.Report = &entry
	if b.csvWords, err = b.correct.Form.Words(); err != nil {
		return err
	}
	if b.figures.Words, err = locales.For(string(entry.Language)); err != nil {
		return err
	}
	b.figures.Layout, b.figures.Totals = b.kind.Layout(), report.NewTotals()
	if slices.Contains(entry.ContentTypes, reportconfig.PDF) {
		b.figures.Printed = render.Printable
	}
	return nil
}

// zone is that in which times are written: of a correction that of what it corrects.
func (b *build) zone(account *time.Location) *time.Location {
	if b.correct == nil {
		return account
	}
	if then, err := time.LoadLocation(b.correct.Zone); err == nil {
		return then
	}
	return account
}

// keepRows keeps the CSV of a report that has none among its files, and removes it.
func (b *build) keepRows(path string) error {
	if b.job.Report.Corrections != reportconfig.CorrectionsOff && b.job.Report.Corrections != "" && !b.trial {
		data, err := os.ReadFile(path) // of at most MaxPDFRows, or of a workbook
		if err == nil {
			b.keptRows, err = correction.Packed(data)
		}
		if err != nil {
			return err
		}
	}
	return os.Remove(path)
}

// A correctionWriter writes the files of a correction.
type correctionWriter struct{ *Builder }

// write finds out what has changed, and writes the files of that.
func (r correctionWriter) write(ctx context.Context, b *build) (err error) {
	if b.checkOnly {
		if b.state, err = b.sumRows(); err != nil || !b.correct.HasRows() {
			return err
		}
		if err := r.checkParts(ctx, b); err != nil {
			return err
		}
	}
	full := filepath.Join(b.dir, "rows.csv.new")
	if _, err := b.writeCSV(full, &pdfRows{}); err != nil {
		return err
	}
	b.changes, err = correction.Compare(b.correct, b.figures.Layout, b.rows.Zone, b.dir, func() (io.ReadCloser, error) { return os.Open(full) })
	if err = errors.Join(err, os.Remove(full)); err != nil || b.checkOnly {
		return err
	}
	if b.changes.Added+b.changes.Removed == 0 {
		return ErrUnchanged
	}
	before := statement.Corrected{
		Added: b.changes.Added, Removed: b.changes.Removed, Back: b.changes.Back, Change: beforeafter.Change{Before: b.correct.Totals, After: b.totals()},
		Made: b.correct.Made.MadeAt, Number: b.correct.Made.Number, Which: b.job.Edition,
	}
	for _, c := range b.correct.Before {
		before.Last = max(before.Last, c.Number)
	}
	if b.statement, err = statement.ComposeCorrection(r.Account, b.job, &b.figures, before, b.now); err != nil {
		return err
	}
	base, asked := filepath.Join(b.dir, baseName(b.job)), b.job.Report.ContentTypes
	if slices.Contains(asked, reportconfig.PDF) {
		err = r.addFile(b, base+".pdf", r.writePDF)
	}
	if err == nil && (slices.Contains(asked, reportconfig.CSV) || b.rowsLeft) {
		err = r.addFile(b, base+".csv", writeCorrectionCSV)
	}
	if err == nil && slices.Contains(asked, reportconfig.XLSX) {
		err = r.addFile(b, base+".xlsx", r.writeXLSX)
	}
	return err
}

func (b *build) totals() (all []ledger.Total) {
	for _, t := range b.figures.Totals.List(b.figures.Layout) {
		all = append(all, ledger.Total(t))
	}
	return all
}

func (r correctionWriter) addFile(b *build, path string, write func(path string, b *build) (archive.File, error)) error {
	file, err := write(path, b)
	if err == nil {
		b.files = append(b.files, file)
	}
	return err
}

// corrected is what a correction, or a check, gave.
func (b *build) corrected() Result {
	return Result{
		Job: b.job, Now: b.now, Files: b.files, Statement: b.statement, Rows: b.changes.Added + b.changes.Removed,
		Totals: b.figures.Totals.List(b.figures.Layout), Difference: &b.changes, RowSum: b.state, Form: b.correct.Form.String(), Warnings: b.warnings.all(), Zone: b.rows.Zone.String(),
	}
}

func writeCorrectionCSV(path string, b *build) (archive.File, error) {
	return archive.Write(path, string(reportconfig.CSV), func(w io.Writer) (int64, error) {
		in, err := b.changes.CSV()
		if err != nil {
			return 0, err
		}
		_, err = io.Copy(w, in)
		return b.changes.Added + b.changes.Removed, errors.Join(err, in.Close())
	})
}

// correctionColumns are those of the rows and, the last, what became of each.
func (b *build) correctionColumns() []content.Column {
	columns := b.columns(b.figures.Words)
	for i := range columns {
		columns[i].Sum = false // what is added and what is removed has no sum
	}
	return append(columns, correction.ChangeColumn(b.figures.Words))
}

func (r correctionWriter) writePDF(path string, b *build) (archive.File, error) {
	d := r.document(b)
	d.Columns, d.RowsElsewhere = b.correctionColumns(), ""
	if b.rowsLeft = b.changes.Added+b.changes.Removed > MaxPDFRows; b.rowsLeft {
		where := "document.rows_in_csv"
		if b.job.Report.Voucher {
			where = "document.rows_in_archive"
		}
		d.RowsElsewhere = b.figures.Words.Word(where, b.figures.Words.Int(b.changes.Added+b.changes.Removed))
	}
	return archive.Write(path, string(reportconfig.PDF), func(w io.Writer) (n int64, err error) {
		pdf, err := render.NewPDF(w, d)
		if err != nil {
			return 0, err
		}
		speaker := b.figures.Layout.ForPeople().ReaderTranslator(b.figures.Words)
		for cells, err := range b.changes.Rows() {
			if err != nil {
				return 0, err
			}
			if b.rowsLeft {
				break
			}
			last := len(cells) - 1
			if err := pdf.Row(append(speaker.Translate(cells[:last:last]), cells[last])...); err != nil {
				return 0, err
			}
			n++
		}
		return n, pdf.Close()
	})
}

func (r correctionWriter) writeXLSX(path string, b *build) (archive.File, error) {
	return archive.Write(path, string(reportconfig.XLSX), func(w io.Writer) (n int64, err error) {
		s, words := b.statement, b.figures.Words
		book := xlsx.NewBook(w, s.Title+", "+s.Period, r.Account.Organization.Name)
		if err := book.Sheet(words.Word("sheet.rows"), append(b.figures.Layout.Titled(words), correction.ChangeColumn(words))); err != nil {
			return 0, err
		}
		for cells, err := range b.changes.Rows() {
			if err != nil {
				return 0, err
			}
			if err := book.Row(cells...); err != nil {
				return 0, err
			}
			n++
		}
		if err := r.writeTotals(book, b); err != nil {
			return 0, err
		}
		return n, book.Close()
	})
}

// scan looks at closed periods in what is read for a batch, unless that is of corrections: then
// they were looked at a moment ago.
func (r *Builder) scan(ctx context.Context, batch []*build, q payment.Query) *lateevents.Scan {
	if !slices.ContainsFunc(batch, func(b *build) bool { return b.correct == nil }) {
		return nil
	}
	return r.LateEvents.Scan(ctx, q, batch[0].now)
}
