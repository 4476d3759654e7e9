package content

// Map is a new slice: change applied to each element.
func Map[T any](all []T, change func(T) T) []T {
	out := make([]T, len(all))
	for i, v := range all {
		out[i] = change(v)
	}
	return out
}

// Map is a copy of the fact, with change applied to its texts.
func (f Fact) Map(change func(string) string) Fact {
	return Fact{Label: change(f.Label), Value: change(f.Value)}
}

// Map is a copy of the headline, with change applied to its texts.
func (h Headline) Map(change func(string) string) Headline {
	parts := Map(h.Parts, func(p Part) Part {
		return Part{Label: change(p.Label), Amount: change(p.Amount), Count: change(p.Count)}
	})
	return Headline{Label: change(h.Label), Amount: change(h.Amount), Change: change(h.Change), Parts: parts}
}

// Map is a copy of the chart, with change applied to its texts.
func (c Chart) Map(change func(string) string) Chart {
	bars := Map(c.Bars, func(b Bar) Bar {
		return Bar{Label: change(b.Label), Amount: change(b.Amount), Minor: b.Minor}
	})
	return Chart{Title: change(c.Title), Bars: bars, Alone: c.Alone}
}

// Map is a copy of the check, with change applied to its texts.
func (c Check) Map(change func(string) string) Check {
	return Check{State: c.State, Text: change(c.Text), Details: Map(c.Details, change)}
}

// Map is a rectangular copy of the table, with change applied to its texts: head, rows and
// Right are all as long as the longest of head and rows.
func (t Table) Map(change func(string) string) Table {
	columns := len(t.Head)
	for _, row := range t.Rows {
		columns = max(columns, len(row))
	}
	row := func(cells []string) []string { return resize(Map(cells, change), columns) }
	var rest [][][]string
	if t.Rest != nil {
		rest = Map(t.Rest, func(rows [][]string) [][]string { return Map(rows, row) })
	}
	return Table{Title: change(t.Title), Head: row(t.Head), Right: resize(t.Right, columns), Rows: Map(t.Rows, row), Total: t.Total, Whole: t.Whole, Paper: t.Paper, Lead: t.Lead, More: t.More, Rank: t.Rank, Rest: rest, Left: t.Left}
}

// resize is a copy of s with n elements.
func resize[T any](s []T, n int) []T {
	out := make([]T, n)
	copy(out, s)
	return out
}
