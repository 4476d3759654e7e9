// Package message makes one report's message to one person: what it says, which files it
// carries as far as they have room, frozen to the byte before it is sent, kept on disk until
// it is decided, and composed again from frozen files where it was lost. It refuses to carry a
// file that is not the one that was made. It sends nothing; a Sender does.
package message

import (
	"bytes"
	"cmp"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/mail"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"rapport/internal/archive"
	"rapport/internal/content"
	"rapport/internal/ident"
	"rapport/internal/mailcopy"
	"rapport/internal/report"
	"rapport/internal/slug"
	"rapport/internal/statement"
	"rapport/locales"
	ourmail "rapport/mail"
	"rapport/reportconfig"
)

// A Draft is what all recipients of a report get, besides the files. The ledger keeps
// it, so that a message can be composed again: smaller, or to be sent once more.
type Draft struct {
	From     mail.Address
	ReplyTo  *mail.Address `json:",omitempty"`
	Envelope string
	Date     time.Time
	Content  ourmail.Content
	Voucher  bool `json:",omitempty"` // the message carries the PDF alone
}

// Draft is that of a report that is built.
func (r *Composer) Draft(j report.Job, s statement.Statement, now time.Time) (Draft, error) {
	words, err := locales.For(string(j.Report.Language))
	if err != nil {
		return Draft{}, err
	}
	body := ourmail.Content{
		Language: string(j.Report.Language), Subject: s.Subject, Preview: s.Preview, Number: s.NumberWord(words),
		Organization: r.Account.Organization.Name, Title: s.Title, Period: s.Period, Span: s.Span, Headlines: s.Headlines, Check: s.Check,
		Remarks: s.Remarks, Facts: s.Facts, Notes: s.Notes,
	}
	if len(s.Headlines) == 0 {
		body.Lead = s.Lead
	}
	for _, t := range s.Urgent {
		body.Urgent = append(body.Urgent, t.Shortened(maxUrgentRows))
	}
	papers := slices.Contains(j.Report.ContentTypes, reportconfig.PDF) || slices.Contains(j.Report.ContentTypes, reportconfig.XLSX)
	for _, t := range s.Tables {
		if !t.Paper || !papers {
			body.Tables = append(body.Tables, shortTable(t))
		}
	}
	for _, chart := range s.Charts {
		if chart.Alone && len(body.Charts) == 0 { // of the currency that leads
			body.Charts = append(body.Charts, chart)
		}
	}
	body = withPlainMinus(body)
	body.Footer = []string{words.Word("mail.footer", cmp.Or(r.Account.Organization.Name, r.Account.ID))}
	if r.ReplyTo != nil {
		body.Footer = append(body.Footer, words.Word("mail.reply"))
	}
	return Draft{From: r.From, ReplyTo: r.ReplyTo, Envelope: r.Envelope, Date: now.In(r.Account.Location), Content: body, Voucher: j.Report.Voucher}, nil
}

// Trial is the draft of a message that goes to one person to look at, and says so.
func (l Draft) Trial(to mail.Address) (Draft, error) {
	words, err := locales.For(l.Content.Language)
	if err != nil {
		return l, err
	}
	l.Content.Subject = words.Word("mail.trial_subject", l.Content.Subject)
	l.Content.Remarks = append([]string{words.Word("mail.trial", words.DateTime(l.Date), to.Address)}, l.Content.Remarks...)
	return l, nil
}

func (l Draft) Pack() ([]byte, error) {
	var out bytes.Buffer
	zip := gzip.NewWriter(&out)
	if err := json.NewEncoder(zip).Encode(l); err != nil {
		return nil, err
	}
	err := zip.Close()
	return out.Bytes(), err
}

func UnpackDraft(data []byte) (l Draft, err error) {
	zip, err := gzip.NewReader(bytes.NewReader(data))
	if err == nil {
		err = json.NewDecoder(zip).Decode(&l)
	}
	if err != nil {
		err = fmt.Errorf("the draft in the ledger: %w", err)
	}
	return l, err
}

// A Attached is the files of a message as far as it has room for them.
type Attached struct {
	max                  int64 // bytes of the whole message
	Attachments          []ourmail.Attachment
	packed, Omitted, all []string // names: of archives that hold a CSV, of what was left out, of everything
	bodies               *ourmail.BodyCache
	copies               *mailcopy.Cutter
}

// Attach packs those of the files that go with the message.
func (l Draft) Attach(files []archive.File, max int64) (p Attached, err error) {
	p.max, p.bodies, p.copies = max, new(ourmail.BodyCache), new(mailcopy.Cutter)
	files = slices.DeleteFunc(slices.Clone(files), func(f archive.File) bool { return archive.Hidden(f.Path) })
	if l.Voucher { // the report's own PDF is the first file; those of settlements do not go along
		files = files[:min(len(files), 1)]
		files = slices.DeleteFunc(files, func(f archive.File) bool { return f.ContentType != string(reportconfig.PDF) })
	}
	for _, f := range files {
		p.all = append(p.all, filepath.Base(f.Path))
	}
	p.Attachments, p.packed, p.Omitted, err = attach(files, max, l.Date)
	return p, err
}

// Freeze composes the message to one recipient, and a file name for it. Names and
// Message-ID follow from the identity alone. A report does not wait for a template of
// the user's that fails on it.
func (r *Composer) Freeze(l Draft, p Attached, j report.Job, to mail.Address, mark string) (m Stored, left []string, err error) {
	words, err := locales.For(l.Content.Language)
	if err != nil {
		return m, nil, err
	}
	_, domain, _ := strings.Cut(l.From.Address, "@")
	id := ident.Delivery{Account: r.Account.ID, Report: j.Report.ID, From: j.Period.From, To: j.Period.To, Recipient: to.Address, Mark: mark}
	message := ourmail.Message{
		From: l.From, To: to, ReplyTo: l.ReplyTo, Envelope: l.Envelope,
		ID: ourmail.MessageID(domain, id.Parts()...), Date: l.Date,
		Content: aboutFiles(l.Content, p.packed, p.Omitted, words), Attachments: p.Attachments, Templates: r.Templates, BodyCache: p.bodies,
	}
	left = p.Omitted
	m.Frozen, err = ourmail.Compose(message)
	if err == nil && int64(m.Size()) > p.max && len(message.Attachments) > 0 { // the bodies were larger than they had room
		left = p.all
		message.Attachments, message.Content, message.BodyCache = nil, aboutFiles(l.Content, nil, left, words), nil
		m.Frozen, err = ourmail.Compose(message)
	}
	if m.TemplateError != nil {
		r.Log.Warn("the template failed, the mail looks as ours", "report", j.Report.ID, "period", j.PeriodName(), "error", m.TemplateError)
	}
	m.Name = strings.Join([]string{j.PeriodName(), j.Report.ID, slug.Of(to.Address), ident.ShortHash(id.Parts())}, "_")
	return m, left, err
}

// aboutFiles is the content with a word on the files that were packed, and among what is odd
// one on those that were left out.
func aboutFiles(content ourmail.Content, packed, left []string, words *locales.Printer) ourmail.Content {
	if len(packed) > 0 {
		content.Notes = append([]string{words.Word("mail.packed", strings.Join(packed, ", "))}, content.Notes...)
	}
	if len(left) > 0 {
		content.Remarks = append([]string{words.Count("mail.too_large", int64(len(left)), strings.Join(left, ", "))}, content.Remarks...)
	}
	return content
}

// withPlainMinus is the content with the sign of a keyboard for minus: an amount that is
// copied out of a mail is a number then.
func withPlainMinus(c ourmail.Content) ourmail.Content {
	plain := func(s string) string { return strings.ReplaceAll(s, "\u2212", "-") }
	for _, s := range []*string{&c.Subject, &c.Preview, &c.Lead} {
		*s = plain(*s)
	}
	c.Headlines = content.Map(c.Headlines, func(h content.Headline) content.Headline { return h.Map(plain) })
	c.Charts = content.Map(c.Charts, func(h content.Chart) content.Chart { return h.Map(plain) })
	c.Check = c.Check.Map(plain)
	c.Remarks, c.Notes = content.Map(c.Remarks, plain), content.Map(c.Notes, plain)
	c.Facts = content.Map(c.Facts, func(f content.Fact) content.Fact { return f.Map(plain) })
	table := func(t content.Table) content.Table { return t.Map(plain) }
	c.Urgent, c.Tables = content.Map(c.Urgent, table), content.Map(c.Tables, table)
	return c
}

// maxMailRows is how many lines a table has in a mail: a month of days. A phone is not for
// more, and the PDF has it whole.
const maxMailRows = 31

// maxUrgentRows is how many lines of what is urgent: who acts on more does so with the PDF.
const maxUrgentRows = 8

// shortTable is a table for the mail; a long one loses its smallest rows, not their sums.
func shortTable(t content.Table) content.Table {
	if body, _ := t.Split(); len(body) > maxMailRows {
		return t.Shortened(maxMailRows - 1)
	}
	return t
}

// A Composer makes the messages of reports.
type Composer struct {
	Account   statement.Account
	From      mail.Address
	ReplyTo   *mail.Address
	Envelope  string
	Templates *ourmail.Templates // how the mails look; nil: as ours
	Log       *slog.Logger
}
