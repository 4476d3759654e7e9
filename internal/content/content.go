// Package content is what a report says, before it is drawn: cells and columns of the
// rows, headlines, tables, charts, facts. The statement of a report fills these types once,
// and PDF and mail draw the same ones. Texts are in the report's language already, and
// may hold anything: who draws them makes them safe. It knows no payments and draws
// nothing.
//
// Messages keep Headline, Part, Check, Table and Fact as JSON in the ledger, by the names
// of their fields: a field that is renamed needs a tag with its old name.
package content

// Fact is a labelled line: the filters, when the data was read.
type Fact struct{ Label, Value string }

// Headline is the answer of a report in one currency, in large figures.
type Headline struct {
	Label  string // what the figure is: "Netto"
	Amount string // with its currency
	Change string // against the comparable period: "+12 % mot forrige torsdag"; empty where there is none
	Parts  []Part // what it is made of
}

// Part is one thing that a headline is made of: "Innløst", "52 990,95", "67 innløsninger".
type Part struct{ Label, Amount, Count string }

// Chart is a bar chart of one currency.
type Chart struct {
	Title string
	Bars  []Bar
	Alone bool `json:",omitempty"` // no table has its figures
}

// Bar is a bar of a chart: a day or an hour. Minor is in minor units and may be negative;
// Amount says it in words.
type Bar struct {
	Label, Amount string
	Minor         int64
}

// CheckState says how the figures of a report compare with those of a second source.
type CheckState string

// The states of a check; their texts stand in the ledger.
const (
	NoCheck    CheckState = "" // nothing is said of one
	Agrees     CheckState = "agrees"
	Differs    CheckState = "differs"
	NotChecked CheckState = "not checked"
)

// Check is the line that says whether the figures agree with a second source, and where not.
type Check struct {
	State   CheckState
	Text    string
	Details []string
}

// Organization is who the report is about.
type Organization struct {
	Name   string
	Number string // nine digits, or empty
	Logo   []byte // PNG or JPEG, or nil
}
