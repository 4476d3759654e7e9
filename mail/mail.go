// Package mail is one message to one person: composed once to bytes that never
// change, then handed to a relay over SMTP or put into a directory. A send ends in one
// of four verdicts, because over SMTP an error does not mean "not delivered". It
// refuses a second recipient, a connection without TLS to anything but loopback, and
// to guess.
package mail

import (
	"fmt"
	"net/mail"
	"time"
)

// Message is what one recipient gets.
type Message struct {
	From, To    mail.Address
	ReplyTo     *mail.Address // nil: none
	Envelope    string        // MAIL FROM; the address that bounces go to
	ID          string        // Message-ID without angle brackets
	Date        time.Time
	Content     Content
	Attachments []Attachment
	Templates   *Templates // how it looks; nil: as ours
	Bodies      *Bodies    // nil: of this message alone
}

// Content is what the message says, in words already of the recipient's language.
// Subject, text and HTML are made from it alone, so they hold the same figures.
type Content struct {
	Language     string // "no" or "en"
	Subject      string
	Organization string // may be empty
	Title        string // the report's name
	Period       string
	Span         string // the period's bounds with the zone
	Number       string // "Rapport nr. 12"; may be empty
	Preview      string // what a list of mails shows beside the subject, which it continues; empty: Lead
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

// Headline is the answer in one currency.
type Headline struct {
	Label  string // what the figure is: "Netto"
	Amount string // with its currency
	Change string // against the comparable period: "+12 % mot forrige torsdag"; empty where there is none
	Parts  []Part // what it is made of
}

// Part is one thing that a headline is made of: "Innløst", "52 990,95", "67 innløsninger".
type Part struct{ Label, Amount, Count string }

// CheckState says how figures compare with those of a second source.
type CheckState string

// The states of a check. Unsaid is no line at all.
const (
	Unsaid     CheckState = ""
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

// Table is a table of totals, its cells already written in the recipient's language.
type Table struct {
	Title string
	Head  []string
	Right []bool // which columns are figures
	Rows  [][]string
	Total bool // the last row is the sum of those above it
	More  int  `json:",omitempty"` // how many rows were left out, which is said
}

// Attachment is a file of the message.
type Attachment struct {
	Name        string // ASCII file name
	ContentType string // application/pdf, text/csv
	Data        []byte

	text []byte // Data in base64; nil: not made yet
}

// Frozen is a composed message: the same bytes on every try.
type Frozen struct {
	Envelope, To string // MAIL FROM and RCPT TO, bare addresses
	ID           string // Message-ID without angle brackets
	Bytes        []byte // RFC 5322, CRLF
	HTML         []byte // the HTML body alone, for a look in a browser
	Unfit        error  // why templates of the user failed on it, so that it looks as ours; nil: they did not
	Enclosed     []Span // in Bytes, one after the other
}

// Verdict is how a send ended when the server did not accept the message.
type Verdict int

// The verdicts; a nil error is the fourth: accepted.
const (
	NotSent   Verdict = iota + 1 // surely not delivered; may be tried again
	Refused                      // surely not delivered, and the same try would end the same
	Uncertain                    // all was sent and no answer came: it may have arrived
)

// String is the word that reports, logs and --json use.
func (v Verdict) String() string {
	switch v {
	case NotSent:
		return "not sent"
	case Refused:
		return "refused"
	case Uncertain:
		return "uncertain"
	}
	return fmt.Sprintf("verdict %d", int(v))
}

// Error is a send that did not end in acceptance.
type Error struct {
	Verdict Verdict
	Step    string // connect, hello, starttls, login, sender, recipient, data, body, dot, or outbox
	Code    int    // the server's reply code, 0 when there was none
	Relay   bool   // the relay's or our own fault, not this message's: others will end the same
	Limit   int64  // the largest message in bytes that the relay takes, where this one is larger; else 0
	Err     error
}

func (e *Error) Error() string { return e.Step + ": " + e.Err.Error() }

func (e *Error) Unwrap() error { return e.Err }
