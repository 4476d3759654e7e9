package pipeline

import (
	"time"

	"rapport/render"
)

// document is the PDF's part besides the rows.
func (r *Runner) document(j Job, b *built, now time.Time) render.Document {
	d := render.Document{
		Printer: b.words, Organization: r.Organization,
		Title: b.story.title, Subtitle: b.story.subtitle, Period: b.story.period, Span: b.story.span,
		Facts: b.story.facts, Notes: b.story.notes, Empty: b.story.empty,
		Columns: b.columns(b.words), Created: now.In(r.Location),
	}
	for _, t := range b.tables {
		d.Tables = append(d.Tables, render.Table(t))
	}
	switch rows := b.words.Int(b.totals.rows); {
	case b.rowsLeft && j.Report.Voucher:
		d.RowsElsewhere = b.words.Word("document.rows_in_archive", rows)
	case b.rowsLeft:
		d.RowsElsewhere = b.words.Word("document.rows_in_csv", rows)
	}
	return d
}
