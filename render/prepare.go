package render

import "strings"

// prepare cleans every text of the document and reads the logo. What it changes are
// copies: the caller's document stays as it is.
func (s *sheet) prepare() {
	d, clean := &s.document, s.cleaner.clean
	d.Organization.Name = clean(d.Organization.Name)
	d.Organization.Number = clean(d.Organization.Number)
	for _, text := range []*string{&d.Title, &d.Subtitle, &d.Period, &d.Span, &d.Number, &d.Empty, &d.RowsElsewhere, &d.Program, &d.Check.Text} {
		*text = strings.TrimSpace(clean(*text))
	}
	d.Facts = prepared(d.Facts, func(f Fact) Fact { return Fact{clean(f.Label), clean(f.Value)} })
	d.Headlines = prepared(d.Headlines, s.cleanHeadline)
	d.Check.Details = prepared(d.Check.Details, clean)
	d.Remarks = prepared(d.Remarks, clean)
	d.Urgent = prepared(d.Urgent, s.cleanTable)
	d.Charts = prepared(d.Charts, s.cleanChart)
	d.Tables = prepared(d.Tables, s.cleanTable)
	d.Notes = prepared(d.Notes, clean)
	if len(d.Organization.Logo) > 0 {
		logo, err := readLogo(d.Organization.Logo)
		if err != nil {
			d.Notes = append(d.Notes, d.Printer.Word("document.logo_unreadable"))
		}
		s.logo = logo
	}
}

func prepared[T any](from []T, prepare func(T) T) []T {
	out := make([]T, 0, len(from)+1)
	for _, v := range from {
		out = append(out, prepare(v))
	}
	return out
}

func (s *sheet) cleanHeadline(h Headline) Headline {
	clean := s.cleaner.clean
	return Headline{clean(h.Label), clean(h.Amount), clean(h.Change), prepared(h.Parts, func(p Part) Part {
		return Part{clean(p.Label), clean(p.Amount), clean(p.Count)}
	})}
}

func (s *sheet) cleanChart(c Chart) Chart {
	return Chart{s.cleaner.clean(c.Title), prepared(c.Bars, func(b Bar) Bar {
		return Bar{s.cleaner.clean(b.Label), s.cleaner.clean(b.Amount), b.Minor}
	})}
}

// cleanTable is a copy of a table with clean cells, one for each column.
func (s *sheet) cleanTable(t Table) Table {
	columns := len(t.Head)
	for _, row := range t.Rows {
		columns = max(columns, len(row))
	}
	clean := Table{Title: s.cleaner.clean(t.Title), Total: t.Total, Right: make([]bool, columns)}
	copy(clean.Right, t.Right)
	row := func(cells []string) []string {
		out := make([]string, columns)
		for i, cell := range cells {
			out[i] = s.cleaner.clean(cell)
		}
		return out
	}
	clean.Head = row(t.Head)
	clean.Rows = prepared(t.Rows, row)
	return clean
}
