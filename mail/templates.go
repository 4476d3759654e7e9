package mail

import (
	"rapport/internal/content"
	"rapport/templates"
)

// Templates are how a message looks. They never change and may be shared.
type Templates = templates.Set

// LoadTemplates reads the user's templates from a directory, body.txt.tmpl, body.html.tmpl
// or both, which take the place of the built-in ones. They are tried on a message in which
// every field is filled, and on one in which nearly none is.
func LoadTemplates(dir string) (*Templates, error) {
	sparse := view{Lang: "nb", FilesTitle: "Vedlegg", Content: Content{Subject: "Alt", Title: "Alt"}.sanitized()}
	return templates.Load(dir, fullView(), sparse)
}

// fullView has something in every field.
func fullView() view {
	table := content.Table{Title: "Per day", Head: []string{"Day", "Count", "Net"}, Right: []bool{false, true, true},
		Rows: [][]string{{"Thu 19 Nov", "70", "48,213.50"}, {"Fri 20 Nov", "1", "−1.00"}, {"Total", "71", "48,212.50"}}, Total: true}
	list := content.Table{Title: "Changes", Head: []string{"Store", "Now", "Before"}, Right: []bool{false, true, true}, Rows: [][]string{{"Oslo", "2", "1"}}}
	return view{Lang: "en", FilesTitle: "Attachments", Files: []string{"daily_2026-11-19.pdf (48 kB)"},
		Charts: content.BarLists([]content.Chart{{Title: "Net by hour (NOK)", Bars: []content.Bar{{Label: "08", Amount: "48,213.50", Minor: 4821350}, {Label: "09", Amount: "−1.00", Minor: -100}}}}, maxChartBars), Content: Content{
			Language: "en", Subject: "Daily settlement: NOK 48,213.50", Preview: "+12% on last Thursday, agrees with Dintero",
			Organization: "Fjordfisk AS", Number: "Report no. 12", Title: "Daily settlement",
			Period: "Thursday 19 November 2026", Span: "19 Nov 2026 00:00 – 20 Nov 2026 00:00 (Europe/Oslo)", Lead: "Net NOK 48,213.50.",
			Headlines: []content.Headline{{Label: "Net", Amount: "NOK 48,213.50", Change: "+12% on last Thursday",
				Parts: []content.Part{{Label: "Captured", Amount: "49,463.50", Count: "117 captures"}}}},
			Check:   content.Check{State: content.Differs, Text: "Differs from Dintero", Details: []string{"19 Nov: 70 here, 71 at Dintero"}},
			Remarks: []string{"Bergen: no sales, usually 41"}, Urgent: []content.Table{table}, Tables: []content.Table{table, list},
			Facts: []content.Fact{{Label: "Account", Value: "T12345678"}}, Notes: []string{"Net is before fees."}, Footer: []string{"Sent automatically."},
		}}
}
