package builder

import (
	"io"
	"slices"

	"rapport/internal/archive"
	"rapport/internal/content"
	"rapport/internal/report"
	"rapport/internal/statement"
	"rapport/render/xlsx"
	"rapport/reportconfig"
)

// writeXLSX passes over all rows once more: to the first sheet, as in the CSV. The second has
// the totals. Nothing in it tells when it was made, so that the same data gives the same file.
func (r *Builder) writeXLSX(path string, b *build) (archive.File, error) {
	return archive.Write(path, string(reportconfig.XLSX), func(w io.Writer) (int64, error) {
		s, words := b.statement, b.figures.Words
		book := xlsx.NewBook(w, s.Title+", "+s.Period, r.Account.Organization.Name)
		if err := book.Sheet(words.Word("sheet.rows"), b.figures.Layout.Titled(words)); err != nil {
			return 0, err
		}
		speaker := b.figures.Layout.Translator(words)
		var one report.Row
		for raw, err := range b.rows.Sorted() {
			if err != nil {
				return 0, err
			}
			if err := report.ReadRow(string(raw), b.rows.Zone, &one); err != nil {
				return 0, err
			}
			if one.IsBeside() {
				continue
			}
			if err := book.Row(speaker.Translate(one.Cells)...); err != nil {
				return 0, err
			}
		}
		if err := r.writeTotals(book, b); err != nil {
			return 0, err
		}
		return b.figures.Totals.Rows, book.Close()
	})
}

// writeTotals writes the second sheet: what the report is of, and its totals.
func (r *Builder) writeTotals(book *xlsx.Book, b *build) error {
	s, words := b.statement, b.figures.Words
	if err := book.Sheet(words.Word("sheet.totals"), nil); err != nil {
		return err
	}
	if err := book.Heading(s.Title + ", " + s.Period); err != nil {
		return err
	}
	whose := statement.Whose(r.Account, b.job.Report.Data, words)
	lines := [][2]string{{words.Word("sheet.organization"), r.Account.Organization.Name}, {whose.Label, whose.Value}, {words.Word("sheet.period"), s.Span}}
	if whose.Value == "" {
		lines = slices.Delete(lines, 1, 2)
	}
	if s.Check.Text != "" {
		lines = append(lines, [2]string{words.Word("check.scope"), s.Check.Text})
	}
	for _, fact := range s.Facts {
		if fact.Label == words.Word("document.vouchers") {
			lines = append(lines, [2]string{fact.Label, fact.Value})
		}
	}
	for _, note := range slices.Concat(s.Check.Details, s.Remarks, s.Notes) {
		lines = append(lines, [2]string{"", note})
	}
	for _, line := range lines {
		if err := book.Row(content.TextOf(line[0]), content.TextOf(line[1])); err != nil {
			return err
		}
	}
	tables, err := statement.ValueTables(&b.figures)
	if err != nil {
		return err
	}
	for _, t := range tables {
		if err := writeTable(book, t.Title, t.Head, t.Rows); err != nil {
			return err
		}
	}
	return nil
}

func writeTable(book *xlsx.Book, title string, head []string, rows [][]content.Value) error {
	if err := book.Row(); err != nil {
		return err
	}
	if err := book.Heading(title); err != nil {
		return err
	}
	if err := book.Heading(head...); err != nil {
		return err
	}
	for _, row := range rows {
		if err := book.Row(row...); err != nil {
			return err
		}
	}
	return nil
}
