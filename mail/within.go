package mail

import (
	"slices"

	"rapport/locales"
)

// within is the content with tables of at most so many rows besides their sum, each
// saying how many it lacks. What is urgent stays whole.
func (c Content) within(rows int, words *locales.Printer) Content {
	c.Urgent = each(c.Urgent, func(t Table) Table { return t.saying(words) })
	c.Tables = each(c.Tables, func(t Table) Table { return t.within(rows).saying(words) })
	return c
}

func (t Table) within(rows int) Table {
	body, sum := t.parts()
	if len(body) > rows {
		t.More += len(body) - rows
		t.Rows = slices.Concat(body[:rows], sum)
	}
	return t
}

// saying is the table with a row for those that were left out, before the sum.
func (t Table) saying(words *locales.Printer) Table {
	if t.More <= 0 || len(t.Head) == 0 {
		return t
	}
	more := make([]string, len(t.Head))
	more[0] = words.Word("document.more", words.Int(int64(t.More)))
	body, sum := t.parts()
	t.Rows = slices.Concat(body, [][]string{more}, sum)
	return t
}

func (t Table) parts() (body, sum [][]string) {
	if n := len(t.Rows); t.Total && n > 0 {
		return t.Rows[:n-1], t.Rows[n-1:]
	}
	return t.Rows, nil
}
