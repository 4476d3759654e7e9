package pipeline

import (
	"bytes"
	"cmp"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"net/mail"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"rapport/locales"
	ourmail "rapport/mail"
	"rapport/render"
	"rapport/reportconfig"
)

// A letter is what all recipients of a report get, besides the files. The ledger keeps
// it, so that a message can be composed again: smaller, or to be sent once more.
type letter struct {
	From     mail.Address
	ReplyTo  *mail.Address `json:",omitempty"`
	Envelope string
	Date     time.Time
	Content  ourmail.Content
	Voucher  bool `json:",omitempty"` // the message carries the PDF alone
}

// writeLetter is the letter of a report that is built.
func (r *Runner) writeLetter(j Job, b *built, now time.Time) letter {
	s := b.story
	content := ourmail.Content{
		Language: string(j.Report.Language), Subject: s.subject, Preview: s.preview, Number: b.numbered(),
		Organization: r.Organization.Name, Title: s.title, Period: s.period, Span: s.span, Remarks: s.remarks, Notes: s.notes,
		Check: ourmail.Check{State: checkState(s.check.State), Text: s.check.Text, Details: s.check.Details},
	}
	if len(s.headlines) == 0 {
		content.Lead = s.lead
	}
	sender := cmp.Or(r.Organization.Name, r.Account)
	for _, h := range s.headlines {
		parts := make([]ourmail.Part, len(h.Parts))
		for i, p := range h.Parts {
			parts[i] = ourmail.Part(p)
		}
		content.Headlines = append(content.Headlines, ourmail.Headline{Label: h.Label, Amount: h.Amount, Change: h.Change, Parts: parts})
	}
	for _, t := range s.urgent {
		content.Urgent = append(content.Urgent, shortened(t))
	}
	for _, f := range s.facts {
		content.Facts = append(content.Facts, ourmail.Fact(f))
	}
	for _, t := range s.tables {
		content.Tables = append(content.Tables, shortened(t))
	}
	content.Footer = []string{b.words.Word("mail.footer", sender)}
	if r.ReplyTo != nil {
		content.Footer = append(content.Footer, b.words.Word("mail.reply"))
	}
	return letter{From: r.From, ReplyTo: r.ReplyTo, Envelope: r.Envelope, Date: now.In(r.Location), Content: content, Voucher: j.Report.Voucher}
}

func checkState(s render.CheckState) ourmail.CheckState {
	return map[render.CheckState]ourmail.CheckState{render.Agrees: ourmail.Agrees, render.Differs: ourmail.Differs, render.NotChecked: ourmail.NotChecked}[s]
}

func (l letter) pack() ([]byte, error) {
	var out bytes.Buffer
	zip := gzip.NewWriter(&out)
	if err := json.NewEncoder(zip).Encode(l); err != nil {
		return nil, err
	}
	err := zip.Close()
	return out.Bytes(), err
}

func unpackLetter(data []byte) (l letter, err error) {
	zip, err := gzip.NewReader(bytes.NewReader(data))
	if err == nil {
		err = json.NewDecoder(zip).Decode(&l)
	}
	if err != nil {
		err = fmt.Errorf("the letter in the ledger: %w", err)
	}
	return l, err
}

// A parcel is the files of a message as far as it has room for them.
type parcel struct {
	max         int64 // bytes of the whole message
	attachments []ourmail.Attachment
	left, all   []string // names: of what was left out, of everything
	bodies      *ourmail.BodyCache
}

// enclose packs those of the files that go with the letter.
func (l letter) enclose(files []file, max int64) (p parcel, err error) {
	p.max, p.bodies = max, new(ourmail.BodyCache)
	if l.Voucher {
		files = slices.DeleteFunc(slices.Clone(files), func(f file) bool { return f.contentType != string(reportconfig.PDF) })
	}
	for _, f := range files {
		p.all = append(p.all, filepath.Base(f.path))
	}
	p.attachments, p.left, err = attach(files, max)
	return p, err
}

// An identity is what makes a message the same message: the account, the report, the
// period and the recipient, and a mark that sets apart what is not their first delivery.
type identity struct {
	account string
	job     Job
	to      mail.Address
	mark    string
}

func (id identity) parts() []string {
	parts := []string{id.account, id.job.Report.ID, instant(id.job.Period.From), instant(id.job.Period.To), id.to.Address}
	if id.mark != "" {
		parts = append(parts, id.mark)
	}
	return parts
}

// freeze composes the message to one recipient, and a file name for it. Names and
// Message-ID follow from the identity alone. A report does not wait for a template of
// the user's that fails on it.
func (r *Runner) freeze(l letter, p parcel, id identity) (m spooled, left []string, err error) {
	words, err := locales.For(l.Content.Language)
	if err != nil {
		return m, nil, err
	}
	_, domain, _ := strings.Cut(l.From.Address, "@")
	message := ourmail.Message{
		From: l.From, To: id.to, ReplyTo: l.ReplyTo, Envelope: l.Envelope,
		ID: ourmail.MessageID(domain, id.parts()...), Date: l.Date,
		Content: saying(l.Content, p.left, words), Attachments: p.attachments, Templates: r.Templates, BodyCache: p.bodies,
	}
	left = p.left
	m.Frozen, err = ourmail.Compose(message)
	if err == nil && int64(len(m.Bytes)) > p.max && len(message.Attachments) > 0 { // the bodies were larger than they had room
		left = p.all
		message.Attachments, message.Content, message.BodyCache = nil, saying(l.Content, left, words), nil
		m.Frozen, err = ourmail.Compose(message)
	}
	if m.TemplateError != nil {
		r.Log.Warn("the template failed, the mail looks as ours", "report", id.job.Report.ID, "period", id.job.name(), "error", m.TemplateError)
	}
	m.name = strings.Join([]string{id.job.name(), id.job.Report.ID, reportconfig.Slug(id.to.Address), shortHash(id.parts())}, "_")
	return m, left, err
}

// saying is the content with a word about the files that were left out, if any.
func saying(content ourmail.Content, left []string, words *locales.Printer) ourmail.Content {
	if len(left) > 0 {
		content.Notes = append([]string{words.Word("mail.too_large", strings.Join(left, ", "))}, content.Notes...)
	}
	return content
}

func instant(t time.Time) string { return t.UTC().Format(time.RFC3339) }

// mailRows is how many lines a table has in a mail: a month of days. A phone is not for
// more, and the PDF has it whole.
const mailRows = 31

// shortened is a table for the mail; a long one loses its last rows, not its sum.
func shortened(t table) ourmail.Table {
	short := ourmail.Table{Title: t.Title, Head: t.Head, Right: t.Right, Rows: t.Rows, Total: t.Total}
	body, sum := t.Rows, [][]string(nil)
	if t.Total {
		body, sum = t.Rows[:len(t.Rows)-1], t.Rows[len(t.Rows)-1:]
	}
	if len(body) > mailRows {
		short.More = len(body) - mailRows + 1
		short.Rows = slices.Concat(body[:mailRows-1], sum)
	}
	return short
}
