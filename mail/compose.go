// Package mail composes a message to one person, once and to bytes that never change, and
// hands it to a relay over SMTP or writes it into a directory. A send ends in one of four
// verdicts, because over SMTP an error does not mean "not delivered". The package refuses
// a second recipient, a connection without TLS to anything but loopback, and to guess.
package mail

import (
	"bytes"
	"fmt"
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
	Envelope, To    string   // MAIL FROM and RCPT TO, bare addresses
	ID              string   // Message-ID without angle brackets
	Pieces          [][]byte // the message end to end, RFC 5322, CRLF; others may share them, so they never change
	HTML            []byte   // the HTML body alone, for a look in a browser
	BodySpans       []Span   // where text and HTML stand in it, a piece each
	AttachmentSpans []Span   // likewise the attachments, in their order
	TemplateError   error    // why the user's templates failed, so that the built-in ones were used; nil: they did not
}

// Compose writes a message out: the same message, the same bytes. Text and HTML are
// made from the content, every line ends in CRLF and none is longer than 998 bytes.
// An address, Message-ID or file name that could not stand in a header is an error.
func Compose(m Message) (Frozen, error) {
	if m.Envelope == "" {
		m.Envelope = m.From.Address
	}
	if err := m.check(); err != nil {
		return Frozen{}, fmt.Errorf("compose message: %w", err)
	}
	if m.BodyCache == nil {
		m.BodyCache = new(BodyCache)
	}
	b := m.BodyCache.get(m)
	if b.err != nil {
		return Frozen{}, fmt.Errorf("compose message to %s: %w", m.To.Address, b.err)
	}
	f := Frozen{Envelope: m.Envelope, To: m.To.Address, ID: m.ID, HTML: b.html, TemplateError: b.templateErr}
	m.write(&f, b)
	return f, nil
}

// Size is how many bytes the message has.
func (f Frozen) Size() (n int) {
	for _, piece := range f.Pieces {
		n += len(piece)
	}
	return n
}

// Bytes is a copy of the message.
func (f Frozen) Bytes() []byte { return bytes.Join(f.Pieces, nil) }

// check refuses what a header cannot hold.
func (m Message) check() error {
	addresses := []struct{ role, address string }{
		{"from", m.From.Address}, {"envelope from", m.Envelope}, {"to", m.To.Address}}
	if m.ReplyTo != nil {
		addresses = append(addresses, struct{ role, address string }{"reply to", m.ReplyTo.Address})
	}
	for _, a := range addresses {
		if err := checkAddress(a.role, a.address); err != nil {
			return err
		}
	}
	if !messageID.MatchString(m.ID) {
		return fmt.Errorf("message id %q is not of the form id@domain", m.ID)
	}
	if m.Date.IsZero() || m.Date.Year() > 9999 {
		return fmt.Errorf("date %s is no date of a message", m.Date)
	}
	return checkAttachments(m.Attachments)
}

// writeHeaders writes all headers but Content-Type, which depends on the parts.
func (m Message) writeHeaders(b *bytes.Buffer) {
	writeHeader(b, "Auto-Submitted", "auto-generated") // RFC 3834: no bounce loops, no vacation replies
	writeHeader(b, "Date", m.Date.Format(time.RFC1123Z))
	writeHeader(b, "From", addressHeader(m.From))
	writeHeader(b, "MIME-Version", "1.0")
	writeHeader(b, "Message-ID", "<"+m.ID+">")
	if m.ReplyTo != nil {
		writeHeader(b, "Reply-To", addressHeader(*m.ReplyTo))
	}
	writeHeader(b, "Subject", encodeWords(headerText(m.Content.Subject, maxSubject)))
	writeHeader(b, "To", addressHeader(m.To))
	writeHeader(b, "User-Agent", "Rapport")
	writeHeader(b, "X-Auto-Response-Suppress", "All")
}
