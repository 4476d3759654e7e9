package mail

import (
	"fmt"
	"regexp"

	gomail "github.com/wneessen/go-mail"
)

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
	if m.Bodies == nil {
		m.Bodies = new(Bodies)
	}
	text, html, unfit, err := m.Bodies.of(m)
	if err != nil {
		return Frozen{}, fmt.Errorf("compose message to %s: %w", m.To.Address, err)
	}
	msg := gomail.NewMsg(gomail.WithCharset(gomail.CharsetUTF8), gomail.WithEncoding(gomail.EncodingQP))
	m.setHeaders(msg)
	msg.SetBodyString(gomail.TypeTextPlain, string(text))
	msg.AddAlternativeString(gomail.TypeTextHTML, string(html))
	var bare skeleton
	var files []*gomail.File
	for _, a := range m.Attachments {
		files = append(files, bare.gap(a))
	}
	msg.SetAttachments(files)
	if _, err := msg.WriteTo(&bare); err != nil {
		return Frozen{}, fmt.Errorf("compose message to %s: %w", m.To.Address, err)
	}
	whole, enclosed, err := bare.enclose(m.Attachments, m.ID)
	if err != nil {
		return Frozen{}, fmt.Errorf("compose message to %s: %w", m.To.Address, err)
	}
	return Frozen{Envelope: m.Envelope, To: m.To.Address, ID: m.ID, Bytes: whole, HTML: html, Unfit: unfit, Enclosed: enclosed}, nil
}

// setHeaders sets all headers as text that is already encoded: go-mail's own address
// headers would pass a name that looks like an encoded word as it is.
func (m Message) setHeaders(msg *gomail.Msg) {
	msg.SetDateWithValue(m.Date)
	msg.SetMessageIDWithValue(m.ID)
	msg.SetGenHeader("From", addressHeader(m.From))
	msg.SetGenHeader("To", addressHeader(m.To))
	if m.ReplyTo != nil {
		msg.SetGenHeader("Reply-To", addressHeader(*m.ReplyTo))
	}
	msg.SetGenHeader(gomail.HeaderSubject, encoded(headerText(m.Content.Subject, maxSubject)))
	msg.SetGenHeader("Auto-Submitted", "auto-generated") // RFC 3834: no bounce loops, no vacation replies
	msg.SetGenHeader(gomail.HeaderXAutoResponseSuppress, "All")
	msg.SetGenHeader(gomail.HeaderUserAgent, "Rapport")
}

var (
	messageID      = regexp.MustCompile(`^[A-Za-z0-9._+-]{1,64}@[A-Za-z0-9.-]{1,255}$`)
	attachmentName = regexp.MustCompile(`^[A-Za-z0-9_-][A-Za-z0-9._-]{0,199}$`)
)

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
