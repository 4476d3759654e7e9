package mail

import (
	"slices"

	"rapport/locales"
)

// truncateTables is the content with tables of at most so many rows besides their total,
// each saying how many it lacks. What is urgent stays whole.
func (c Content) truncateTables(rows int, words *locales.Printer) Content {
	c.Urgent = mapEach(c.Urgent, func(t Table) Table { return t.withMoreRow(words) })
	c.Tables = mapEach(c.Tables, func(t Table) Table { return t.truncated(rows).withMoreRow(words) })
	return c
}

func (t Table) truncated(rows int) Table {
	body, total := t.split()
	if len(body) > rows {
		t.More += len(body) - rows
		t.Rows = slices.Concat(body[:rows], total)
	}
	return t
}

// withMoreRow adds a row that says how many were left out, before the total.
func (t Table) withMoreRow(words *locales.Printer) Table {
	if t.More <= 0 || len(t.Head) == 0 {
		return t
	}
	more := make([]string, len(t.Head))
	more[0] = words.Word("document.more", words.Int(int64(t.More)))
	body, total := t.split()
	t.Rows = slices.Concat(body, [][]string{more}, total)
	return t
}

func (t Table) split() (body, total [][]string) {
	if n := len(t.Rows); t.Total && n > 0 {
		return t.Rows[:n-1], t.Rows[n-1:]
	}
	return t.Rows, nil
}
