package mail

import (
	"slices"

	"rapport/internal/content"
	"rapport/locales"
)

// truncateTables is the content with tables of at most so many rows besides their total,
// each saying how many it lacks. What is urgent stays whole.
func (c Content) truncateTables(rows int, words *locales.Printer) Content {
	c.Urgent = content.Map(c.Urgent, func(t content.Table) content.Table { return withMoreRow(t, words) })
	c.Tables = content.Map(c.Tables, func(t content.Table) content.Table { return withMoreRow(t.Shortened(rows), words) })
	return c
}

// withMoreRow adds a row that says how many were left out, before the total.
func withMoreRow(t content.Table, words *locales.Printer) content.Table {
	if t.More <= 0 || len(t.Head) == 0 {
		return t
	}
	more := make([]string, len(t.Head))
	more[0] = words.Word("document.more", words.Int(int64(t.More)))
	body, total := t.Split()
	t.Rows = slices.Concat(body, [][]string{more}, total)
	return t
}
