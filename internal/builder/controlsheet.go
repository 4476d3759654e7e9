package builder

import (
	"io"
	"strings"

	"rapport/internal/archive"
	"rapport/internal/content"
	"rapport/internal/money"
	"rapport/internal/split"
	"rapport/locales"
	"rapport/render"
	"rapport/reportconfig"
)

// sheetColumns are those of the control sheet.
func sheetColumns(words *locales.Printer) []content.Column {
	return []content.Column{
		{Title: words.Word("column.part"), Kind: content.Text, Rank: 1}, {Title: words.Word("column.part_name"), Kind: content.Text, Rank: 2},
		{Title: words.Word("column.part_recipients"), Kind: content.Text, Rank: 3}, {Title: words.Word("column.currency"), Kind: content.Text, Rank: 1},
		{Title: words.Word("column.captures"), Kind: content.Integer, Rank: 2}, {Title: words.Word("column.captured"), Kind: content.Money, Rank: 1},
		{Title: words.Word("column.refunds"), Kind: content.Integer, Rank: 2}, {Title: words.Word("column.refunded"), Kind: content.Money, Rank: 1},
		{Title: words.Word("column.net"), Kind: content.Money, Rank: 1},
	}
}

// sheetRow is a line of the control sheet.
func sheetRow(l split.Line, words *locales.Printer) ([]content.Value, error) {
	net, err := l.Net()
	if err != nil {
		return nil, err
	}
	part := content.TextOf(l.Value)
	if l.Word != "" {
		part = content.TextOf(words.Word(l.Word))
	}
	name, recipients := l.Name, recipientsOf(l)
	if recipients == "" {
		name = ""
	}
	return []content.Value{
		part, content.TextOf(name), content.TextOf(recipients), content.TextOf(string(l.Currency)),
		content.IntegerOf(l.Captures), content.MoneyOf(l.Captured, l.Currency), content.IntegerOf(l.Refunds), content.MoneyOf(l.Refunded, l.Currency), content.MoneyOf(net, l.Currency),
	}, nil
}

func recipientsOf(l split.Line) string {
	var all []string
	for _, to := range l.Recipients {
		all = append(all, to.Address)
	}
	return strings.Join(all, " ")
}

// writeSheet writes the control sheet of what is split, as CSV and as PDF.
func (r *Builder) writeSheet(b *build, base string) error {
	if b.sheet == nil {
		return nil
	}
	csv, err := b.writeSheetCSV(base + "_control.csv")
	if err != nil {
		return err
	}
	pdf, err := r.writeSheetPDF(base+"_control.pdf", b)
	if err != nil {
		return err
	}
	b.files = append(b.files, pdf, csv)
	return nil
}

func (b *build) writeSheetCSV(path string) (archive.File, error) {
	return archive.Write(path, string(reportconfig.CSV), func(w io.Writer) (rows int64, err error) {
		form := render.LocalCSV(sheetColumns(b.csvWords), b.csvWords)
		if b.job.Report.MachineCSV {
			if form, err = render.MachineCSV(sheetColumns(b.csvWords)); err != nil {
				return 0, err
			}
		}
		text, err := form.AppendHead(nil)
		if err == nil {
			_, err = w.Write(text)
		}
		for _, lines := range [][]split.Line{b.sheet.Parts, b.sheet.Proof} {
			for _, line := range lines {
				var cells []content.Value
				if err == nil {
					cells, err = sheetRow(line, b.csvWords)
				}
				if err == nil {
					text, err = form.AppendRow(text[:0], cells)
				}
				if err == nil {
					_, err = w.Write(text)
				}
				if err != nil {
					return 0, err
				}
				rows++
			}
		}
		return rows, err
	})
}

func (r *Builder) writeSheetPDF(path string, b *build) (archive.File, error) {
	return archive.Write(path, string(reportconfig.PDF), func(w io.Writer) (int64, error) {
		d, err := r.sheetDocument(b)
		if err != nil {
			return 0, err
		}
		if len(b.sheet.Parts) > MaxPDFRows {
			d.RowsElsewhere = b.figures.Words.Word("document.rows_in_csv", b.figures.Words.Int(int64(len(b.sheet.Parts))))
		}
		pdf, err := render.NewPDF(w, d)
		if err != nil {
			return 0, err
		}
		for _, line := range b.sheet.Parts {
			if d.RowsElsewhere != "" {
				break
			}
			cells, err := sheetRow(line, b.figures.Words)
			if err != nil {
				return 0, err
			}
			if len(line.Recipients) == 0 {
				cells[2] = content.TextOf(b.figures.Words.Word("split.no_address"))
			}
			if err := pdf.Row(cells...); err != nil {
				return 0, err
			}
		}
		return int64(len(b.sheet.Parts)), pdf.Close()
	})
}

// sheetDocument is the control sheet besides the lines of the parts.
func (r *Builder) sheetDocument(b *build) (render.Document, error) {
	s, words := b.statement, b.figures.Words
	d := render.Document{
		Printer: words, Organization: r.Account.Organization, Title: words.Word("split.title"), Subtitle: s.Title, Period: s.Period, Span: s.Span,
		Number: s.NumberWord(words), Remarks: b.sheetRemarks(), Facts: s.Facts, Empty: words.Word("split.none"),
		Check: content.Check{State: content.Agrees, Text: words.Word("split.agrees")}, Notes: []string{words.Word("split.note")},
		ColumnsElsewhere: "document.columns_in_csv", CharactersElsewhere: "document.characters_in_csv", Columns: sheetColumns(words), Currencies: s.Currencies, Created: b.now.In(r.Account.Location), Program: r.Program,
	}
	for _, h := range s.Headlines {
		h.Change = "" // which is told in the report
		d.Headlines = append(d.Headlines, h)
	}
	proof := content.Table{Title: words.Word("split.proof"), Right: []bool{false, false, true, true, true, true, true}, Whole: true}
	for _, c := range []string{"column.part", "column.currency", "column.captures", "column.captured", "column.refunds", "column.refunded", "column.net"} {
		proof.Head = append(proof.Head, words.Word(c))
	}
	for _, line := range b.sheet.Proof {
		net, err := line.Net()
		if err != nil {
			return d, err
		}
		amount := func(minor int64) string { return words.Number(money.Amount{Minor: minor, Currency: line.Currency}) }
		proof.Rows = append(proof.Rows, []string{
			words.Word(line.Word), string(line.Currency), words.Int(line.Captures), amount(line.Captured), words.Int(line.Refunds), amount(line.Refunded), amount(net),
		})
	}
	d.Tables = []content.Table{proof}
	return d, nil
}

// mostUnaddressed is how many parts without an address are named in a sentence.
const mostUnaddressed = 6

// sheetRemarks say what somebody must look at: money that is nobody's, and parts that nobody gets.
func (b *build) sheetRemarks() (remarks []string) {
	words := b.figures.Words
	for _, line := range b.sheet.Proof {
		if line.Word == split.NotAssigned && line.Captures+line.Refunds > 0 {
			net, _ := line.Net() // was added up before
			remarks = append(remarks, words.Count("split.unassigned", line.Captures+line.Refunds, words.MoneyByCode(money.Amount{Minor: net, Currency: line.Currency})))
		}
	}
	if without := b.sheet.Unaddressed(); len(without) > 0 {
		named := strings.Join(without[:min(len(without), mostUnaddressed)], ", ")
		if len(without) > mostUnaddressed {
			named += " …"
		}
		remarks = append(remarks, words.Count("split.unaddressed", int64(len(without)), named))
	}
	return remarks
}

// describeSheet says in the whole's statement how it is split.
func (b *build) describeSheet() {
	if b.sheet == nil {
		return
	}
	words := b.figures.Words
	b.statement.Facts = append(b.statement.Facts, content.Fact{
		Label: words.Word("split.fact"), Value: words.Count("split.parts", int64(len(b.sheet.Values)), words.Word("split.by."+string(b.job.Report.Split))),
	})
	b.statement.Remarks = append(b.statement.Remarks, b.sheetRemarks()...)
}
