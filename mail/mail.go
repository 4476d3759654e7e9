// Package mail composes a message to one person, once and to bytes that never change, and
// hands it to a relay over SMTP or writes it into a directory. A send ends in one of four
// verdicts, because over SMTP an error does not mean "not delivered". The package refuses
// a second recipient, a connection without TLS to anything but loopback, and to guess.
package mail

import (
	"net/mail"
	"time"
)

// Message is what one recipient gets.
type Message struct {
	From, To    mail.Address
	ReplyTo     *mail.Address // nil: none
	Envelope    string        // MAIL FROM, the address that bounces go to; empty: that of From
	ID          string        // Message-ID without angle brackets
	Date        time.Time
	Content     Content
	Attachments []Attachment
	Templates   *Templates // nil: the built-in ones
	BodyCache   *BodyCache // nil: the bodies are written for this message alone
}

// Frozen is a composed message: the same bytes on every try.
type Frozen struct {
	Envelope, To    string // MAIL FROM and RCPT TO, bare addresses
	ID              string // Message-ID without angle brackets
	Bytes           []byte // RFC 5322, CRLF
	HTML            []byte // the HTML body alone, for a look in a browser
	BodySpans       []Span // where text and HTML stand in Bytes
	AttachmentSpans []Span // where the attachments stand in Bytes, in their order
	TemplateError   error  // why the user's templates failed, so that the built-in ones were used; nil: they did not
}
