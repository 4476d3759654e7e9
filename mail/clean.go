package mail

import (
	"slices"
	"strings"
)

// clean is the content without characters that would break the page, every row of a
// table as long as its head.
func (c Content) clean() Content {
	for _, s := range []*string{&c.Subject, &c.Organization, &c.Title, &c.Period, &c.Span, &c.Number, &c.Preview, &c.Lead} {
		*s = line(*s)
	}
	c.Remarks, c.Notes, c.Footer = said(c.Remarks), said(c.Notes), said(c.Footer)
	c.Headlines = each(c.Headlines, Headline.clean)
	c.Check = c.Check.clean()
	c.Facts = each(c.Facts, func(f Fact) Fact { return Fact{Label: line(f.Label), Value: line(f.Value)} })
	c.Urgent, c.Tables = each(c.Urgent, Table.clean), each(c.Tables, Table.clean)
	return c
}

func (h Headline) clean() Headline {
	parts := each(h.Parts, func(p Part) Part { return Part{Label: line(p.Label), Amount: line(p.Amount), Count: line(p.Count)} })
	return Headline{Label: line(h.Label), Amount: line(h.Amount), Change: line(h.Change), Parts: parts}
}

// clean makes a check without words one that was not made: a sign alone says nothing.
func (c Check) clean() Check {
	c.Text, c.Details = line(c.Text), said(c.Details)
	if c.State == Unsaid || c.Text == "" {
		return Check{}
	}
	return c
}

func (t Table) clean() Table {
	wide := len(t.Head)
	for _, row := range t.Rows {
		wide = max(wide, len(row))
	}
	rows := make([][]string, len(t.Rows))
	for i, row := range t.Rows {
		rows[i] = fit(lines(row), wide)
	}
	t.Title, t.Head, t.Rows, t.Right = line(t.Title), fit(lines(t.Head), wide), rows, fit(t.Right, wide)
	return t
}

// fit is s at length n.
func fit[T any](s []T, n int) []T {
	fitted := make([]T, n)
	copy(fitted, s)
	return fitted
}

func each[T any](all []T, clean func(T) T) []T {
	cleaned := make([]T, len(all))
	for i, v := range all {
		cleaned[i] = clean(v)
	}
	return cleaned
}

func lines(texts []string) []string { return each(texts, line) }

// said is lines without the empty ones.
func said(texts []string) []string {
	return slices.DeleteFunc(lines(texts), func(s string) bool { return s == "" })
}

// maxText is the longest text in a body, in runes: the filters of a report come near it.
const maxText = 4000

// line is a text on one line, cut with … where nobody reads on. Spaces that must not
// break stay what they are.
func line(s string) string {
	const sure = 8 * maxText // bytes, to spare the work on what is cut in any case
	long := len(s) > sure
	if long {
		s = s[:sure]
	}
	s = strings.TrimSpace(strings.NewReplacer("\n", " ", "\t", " ").Replace(clean(s)))
	if runes := []rune(s); long || len(runes) > maxText {
		s = string(runes[:min(len(runes), maxText-1)]) + "…"
	}
	return s
}
