package mail

import (
	"slices"

	"rapport/internal/content"
	"rapport/locales"
)

// Content is what the message says, in words already of the recipient's language.
// Subject, text and HTML are made from it alone, so they hold the same figures. Its JSON
// form is kept in the ledger.
type Content struct {
	Language     string // "no" or "en"
	Subject      string
	Organization string // may be empty
	Title        string // the report's name
	Period       string // in words
	Span         string // the period's bounds with the zone
	Number       string // "Rapport nr. 12"; may be empty
	Preview      string // continues the subject in a list of mails; empty: Lead
	Lead         string // the first sentence
	Headlines    []content.Headline
	Check        content.Check
	Remarks      []string        // what is missing or odd, the worst first
	Urgent       []content.Table // what somebody must act on
	Charts       []content.Chart `json:",omitempty"` // what no table says: the hours of a day
	Facts        []content.Fact
	Tables       []content.Table
	Notes        []string
	Footer       []string
}

// truncateTables is the content with tables of at most so many rows besides their total,
// each saying how many it lacks. What is urgent, and what is remarked, stays whole as long as
// it can.
func (c Content) truncateTables(rows int, words *locales.Printer) Content {
	const scarce = 6 // rows: so many are not cut for the sake of others
	said := func(n int) string { return words.Word("document.more", words.Int(int64(n))) }
	c.Urgent = content.Map(c.Urgent, func(t content.Table) content.Table {
		if rows <= scarce {
			t = t.Shortened(max(rows, 3) * 4)
		}
		return t.WithMoreRow(said)
	})
	if most := max(rows, 3) * 2; rows <= scarce && len(c.Remarks) > most {
		c.Remarks = append(slices.Clone(c.Remarks[:most]), said(len(c.Remarks)-most))
	}
	if rows <= scarce {
		c.Charts = nil
	}
	c.Tables = content.Map(c.Tables, func(t content.Table) content.Table { return t.Shortened(rows).WithMoreRow(said) })
	return c
}
