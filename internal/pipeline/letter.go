package pipeline

import (
	"crypto/sha256"
	"encoding/hex"
	"net/mail"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"rapport/locales"
	ourmail "rapport/mail"
	"rapport/reportconfig"
)

// A letter is what all recipients of a report get: one content, the same files.
type letter struct {
	content     ourmail.Content
	attachments []ourmail.Attachment
	left        []string // files that are too large for a mail
}

// writeLetter is the letter of a report that is built.
func (r *Runner) writeLetter(j Job, b *built) (l letter, err error) {
	if l.attachments, l.left, err = attach(b.files, r.MaxMessage); err != nil {
		return l, err
	}
	s := b.story
	l.content = ourmail.Content{
		Language: string(j.Report.Language), Subject: b.words.Word("mail.subject", s.title, s.period),
		Organization: r.Organization.Name, Title: s.title, Period: s.period, Span: s.span, Lead: s.lead, Notes: s.notes,
	}
	sender := r.Account
	if r.Organization.Name != "" {
		sender = r.Organization.Name
		l.content.Subject += " – " + sender
	}
	for _, f := range s.facts {
		l.content.Facts = append(l.content.Facts, ourmail.Fact(f))
	}
	for _, t := range b.tables {
		l.content.Tables = append(l.content.Tables, ourmail.Table(shortened(t, b.words)))
	}
	l.content.Footer = []string{b.words.Word("mail.footer", sender)}
	if r.ReplyTo != nil {
		l.content.Footer = append(l.content.Footer, b.words.Word("mail.reply"))
	}
	return l, nil
}

// freeze is the message to one recipient, and a file name for it. Its identity, and so its
// Message-ID and name, is the account, the report, the period and the recipient; mark
// sets apart what is no delivery of the period.
func (r *Runner) freeze(j Job, b *built, l letter, to mail.Address, mark string) (spooled, error) {
	identity := []string{r.Account, j.Report.ID, instant(j.Period.From), instant(j.Period.To), to.Address}
	if mark != "" {
		identity = append(identity, mark)
	}
	_, domain, _ := strings.Cut(r.From.Address, "@")
	m := ourmail.Message{
		From: r.From, To: to, ReplyTo: r.ReplyTo, Envelope: r.Envelope,
		ID: ourmail.MessageID(domain, identity...), Date: r.Now.In(r.Location),
		Content: saying(l.content, l.left, b.words), Attachments: l.attachments,
	}
	f, err := ourmail.Compose(m)
	if err == nil && int64(len(f.Bytes)) > r.MaxMessage && len(m.Attachments) > 0 { // the bodies were larger than they had room
		m.Attachments, m.Content = nil, saying(l.content, names(b.files), b.words)
		f, err = ourmail.Compose(m)
	}
	hash := sha256.Sum256([]byte(strings.Join(identity, "\x00")))
	name := strings.Join([]string{j.Period.String(), j.Report.ID, reportconfig.Slug(to.Address), hex.EncodeToString(hash[:4])}, "_")
	return spooled{name, f}, err
}

// saying is the content with a word about the files that were left out, if any.
func saying(content ourmail.Content, left []string, words *locales.Printer) ourmail.Content {
	if len(left) > 0 {
		content.Notes = append([]string{words.Word("mail.too_large", strings.Join(left, ", "))}, content.Notes...)
	}
	return content
}

func names(files []file) []string {
	var out []string
	for _, f := range files {
		out = append(out, filepath.Base(f.path))
	}
	return out
}

func instant(t time.Time) string { return t.UTC().Format(time.RFC3339) }

// mailRows is how many lines a table has in a mail: a month of days. Gmail hides what
// comes after 102 kB, and a phone is not for more.
const mailRows = 31

// shortened cuts a long table for the mail; its sum stays, and the PDF has it whole.
func shortened(t table, words *locales.Printer) table {
	body, sum := t.Rows, [][]string(nil)
	if t.Total {
		body, sum = t.Rows[:len(t.Rows)-1], t.Rows[len(t.Rows)-1:]
	}
	if len(body) <= mailRows {
		return t
	}
	more := make([]string, len(t.Head))
	more[0] = words.Word("document.more", words.Int(int64(len(body)-mailRows+1)))
	t.Rows = slices.Concat(body[:mailRows-1], [][]string{more}, sum)
	return t
}
