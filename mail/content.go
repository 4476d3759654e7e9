package mail

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
	Headlines    []Headline
	Check        Check
	Remarks      []string // what is missing or odd, the worst first
	Urgent       []Table  // what somebody must act on
	Facts        []Fact
	Tables       []Table
	Notes        []string
	Footer       []string
}

// Fact is a labelled line.
type Fact struct{ Label, Value string }

// Headline is the main figure in one currency.
type Headline struct {
	Label  string // what the figure is: "Netto"
	Amount string // with its currency
	Change string // against the comparable period: "+12 % mot forrige torsdag"; empty where there is none
	Parts  []Part // what it is made of
}

// Part is one component of a headline: "Innløst", "52 990,95", "67 innløsninger".
type Part struct{ Label, Amount, Count string }

// CheckState says how figures compare with those of a second source.
type CheckState string

// The states of a check. Unsaid prints no line at all.
const (
	Unsaid     CheckState = ""
	Agrees     CheckState = "agrees"
	Differs    CheckState = "differs"
	NotChecked CheckState = "not checked"
)

// Check says whether the figures agree with a second source, and where not.
type Check struct {
	State   CheckState
	Text    string
	Details []string
}

// Table is a table of totals, its cells already written in the recipient's language.
type Table struct {
	Title string
	Head  []string
	Right []bool // which columns are aligned to the right: figures
	Rows  [][]string
	Total bool // the last row is the sum of those above it
	More  int  `json:",omitempty"` // how many rows were left out; a row says so
}
