package pipeline

import "rapport/render"

// document is the PDF's part besides the rows.
func (r *Builder) document(b *build) render.Document {
	s, words := b.statement, b.figures.words
	d := render.Document{
		Printer: words, Organization: r.Account.Organization,
		Title: s.title, Subtitle: s.subtitle, Period: s.period, Span: s.span,
		Number: s.numbered(words), Headlines: s.headlines, Check: s.check, Remarks: s.remarks, Charts: s.charts,
		Facts: s.facts, Notes: s.notes, Empty: s.empty,
		Columns: b.figures.shape.titled(words), Created: b.now.In(r.Account.Location), Program: r.Program,
	}
	for _, t := range s.urgent {
		d.Urgent = append(d.Urgent, render.Table(t))
	}
	for _, t := range s.tables {
		d.Tables = append(d.Tables, render.Table(t))
	}
	switch rows := words.Int(b.figures.totals.rows); {
	case b.rowsLeft && b.job.Report.Voucher:
		d.RowsElsewhere = words.Word("document.rows_in_archive", rows)
	case b.rowsLeft:
		d.RowsElsewhere = words.Word("document.rows_in_csv", rows)
	}
	return d
}
