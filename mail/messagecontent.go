package mail

import "rapport/internal/content"

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
	Facts        []content.Fact
	Tables       []content.Table
	Notes        []string
	Footer       []string
}
