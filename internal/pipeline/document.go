package pipeline

import (
	"strconv"
	"time"

	"rapport/render"
)

// document is the PDF's part besides the rows.
func (r *Runner) document(j Job, b *built, now time.Time) render.Document {
	d := render.Document{
		Printer: b.words, Organization: r.Organization,
		Title: b.story.title, Subtitle: b.story.subtitle, Period: b.story.period, Span: b.story.span,
		Number: b.numbered(), Headlines: b.story.headlines, Check: b.story.check, Remarks: b.story.remarks, Charts: b.story.charts,
		Facts: b.story.facts, Notes: b.story.notes, Empty: b.story.empty,
		Columns: b.columns(b.words), Created: now.In(r.Location), Program: r.Program,
	}
	for _, t := range b.story.urgent {
		d.Urgent = append(d.Urgent, render.Table(t))
	}
	for _, t := range b.story.tables {
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

// numbered is the report's number in words, "" without one.
func (b *built) numbered() string {
	if b.story.number == 0 {
		return ""
	}
	return b.words.Word("document.number", strconv.Itoa(b.story.number)) // to be searched for, not read as an amount
}
