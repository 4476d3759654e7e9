package builder

import (
	"io"
	"slices"
	"time"

	"rapport/internal/archive"
	"rapport/internal/calendar"
	"rapport/internal/content"
	"rapport/internal/report"
	"rapport/locales"
	"rapport/render"
	"rapport/reportconfig"
)

// document is the PDF's part besides the rows.
func (r *Builder) document(b *build) render.Document {
	s, words := b.statement, b.figures.Words
	d := render.Document{
		Printer: words, Organization: r.Account.Organization,
		Title: s.Title, Subtitle: s.Subtitle, Period: s.Period, Span: s.Span,
		Number: s.NumberWord(words), Previous: b.previousWord(), Headlines: s.Headlines, Check: s.Check, Remarks: s.Remarks, Charts: s.Charts, Urgent: s.Urgent, Tables: s.Tables,
		Facts: s.Facts, Notes: s.Notes, Empty: s.Empty,
		Currencies: s.Currencies, Columns: b.columns(words), Created: b.now.In(r.Account.Location), Program: r.Program,
	}
	asked := b.job.Report
	csv := b.rowsLeft || slices.Contains(asked.ContentTypes, reportconfig.CSV)
	switch {
	case csv && asked.Voucher:
		d.ColumnsElsewhere, d.CharactersElsewhere = "document.columns_in_archive", "document.characters_in_archive"
	case csv:
		d.ColumnsElsewhere, d.CharactersElsewhere = "document.columns_in_csv", "document.characters_in_csv"
	case !asked.Voucher && slices.Contains(asked.ContentTypes, reportconfig.XLSX): // a voucher is mailed alone
		d.ColumnsElsewhere, d.CharactersElsewhere = "document.columns_in_xlsx", "document.characters_in_xlsx"
	default:
		d.ColumnsElsewhere = "document.columns_left_out"
	}
	switch rows := words.Int(b.figures.Totals.Rows); {
	case b.figures.Totals.Rows == 0 || !b.rowsLeft && !asked.TotalsPDF:
	case csv && asked.Voucher:
		d.RowsElsewhere = words.Word("document.rows_in_archive", rows)
	case !csv:
		d.RowsElsewhere = words.Word("document.rows_left_out", rows)
	default:
		d.RowsElsewhere = words.Word("document.rows_in_csv", rows)
	}
	return d
}

// columns are those of the rows, grouped by days as they start for the report.
func (b *build) columns(words *locales.Printer) []content.Column {
	columns := b.figures.Layout.Titled(words)
	if b.settled != nil && len(b.settled.outcome.PaidRows()) < len(b.settled.outcome.Rows) {
		for i := range columns {
			columns[i].Sum = false // what is postponed is no money yet
		}
	}
	if b.job.Report.DayStarts == (calendar.TimeOfDay{}) {
		return columns
	}
	for i := range columns {
		if columns[i].Day {
			columns[i].DayOf = func(t time.Time) time.Time {
				first, _ := b.job.Period.DayAt(t).Days()
				return first
			}
		}
	}
	return columns
}

func (r *Builder) writePDF(path string, b *build, kept []string) (archive.File, error) {
	return archive.Write(path, string(reportconfig.PDF), func(w io.Writer) (int64, error) {
		pdf, err := render.NewPDF(w, r.document(b))
		if err != nil {
			return 0, err
		}
		speaker := b.figures.Layout.ForPeople().ReaderTranslator(b.figures.Words)
		var one report.Row
		for _, raw := range kept {
			if err := report.ReadRow(raw, r.Account.Location, &one); err != nil {
				return 0, err
			}
			if err := pdf.Row(speaker.Translate(one.Cells)...); err != nil {
				return 0, err
			}
		}
		return int64(len(kept)), pdf.Close()
	})
}
