package mail_test

import (
	"bytes"
	"strings"
	"testing"
	"unicode/utf8"

	"rapport/internal/content"
	"rapport/mail"
)

// FuzzCompose: whatever people and Dintero write into names and texts, the message
// has the same headers, the same parts, and lines that every server takes.
func FuzzCompose(f *testing.F) {
	f.Add("Fjordfisk", "Dagsoppgjør: 1 234,50 kr", "Oslo", []byte("a;b\r\n"))
	f.Add("=?utf-8?q?x?=", "a\r\nBcc: b@c.no", "<script>", []byte("\r\n.\r\n"))
	f.Add("\u2028\x00\xff", strings.Repeat("x", 3000), "\u202e"+strings.Repeat("\u00a0", 99), []byte{})
	f.Add("  a  ", "?= =?", "--=_1_", []byte("--=_1_"))
	f.Fuzz(func(t *testing.T, name, subject, cell string, data []byte) {
		m := daily()
		m.From.Name, m.To.Name, m.Content.Subject = name, cell, subject
		m.Content.Organization, m.Content.Lead, m.Content.Notes = cell, subject, []string{name, cell}
		m.Content.Facts = []content.Fact{{Label: name, Value: cell}}
		m.Content.Tables = []content.Table{{Title: cell, Head: []string{name, cell}, Right: []bool{false}, Rows: [][]string{{cell, subject, name}, {}}, Total: true}}
		m.Content.Number, m.Content.Preview, m.Content.Remarks = cell, subject, []string{cell, subject, ""}
		m.Content.Headlines = []content.Headline{{Label: name, Amount: cell, Change: subject, Parts: []content.Part{{Label: subject, Amount: name, Count: cell}}}, {Amount: subject}}
		m.Content.Check = content.Check{State: content.CheckState(subject), Text: cell, Details: []string{name, cell}}
		m.Content.Urgent = []content.Table{{Title: name, Head: []string{cell}, Right: []bool{true, true, true}, Rows: [][]string{{name, cell, subject}}, More: len(cell)}, {More: 1}}
		m.Attachments = []mail.Attachment{{Name: "a.csv", ContentType: "text/csv", Data: data}}
		frozen, err := mail.Compose(m)
		if err != nil {
			t.Fatal(err)
		}
		checkLines(t, frozen.Bytes())
		got := parse(t, frozen.Bytes())
		if got.structure != "multipart/mixed(multipart/alternative(text/plain text/html) text/csv)" || len(got.header) != 11 {
			t.Errorf("%s with headers %v", got.structure, got.header)
		}
		if !bytes.Equal(got.attachments["a.csv"], data) {
			t.Error("the attachment differs")
		}
		if from, err := got.header.AddressList("From"); err != nil || len(from) != 1 || from[0].Address != m.From.Address {
			t.Errorf("from %v, %v", from, err)
		}
		if to, err := got.header.AddressList("To"); err != nil || len(to) != 1 || to[0].Address != m.To.Address {
			t.Errorf("to %v, %v", to, err)
		}
		for _, line := range strings.Split(string(got.text), "\n") {
			if utf8.RuneCountInString(line) > 72+strings.Count(line, "\u0300") && !strings.ContainsFunc(line, func(r rune) bool { return r > 0x2ff }) {
				t.Errorf("line of %d characters: %q", utf8.RuneCountInString(line), line)
			}
		}
	})
}

// checkLines holds a message to RFC 5322: CRLF alone ends a line, none has more than
// 998 bytes, all is ASCII, and no header line is empty but for white space.
func checkLines(t *testing.T, message []byte) {
	t.Helper()
	if rest := bytes.ReplaceAll(message, []byte("\r\n"), nil); bytes.ContainsAny(rest, "\r\n\x00") {
		t.Error("a bare CR, LF or NUL")
	}
	inHeader := true
	for i, line := range bytes.Split(message, []byte("\r\n")) {
		if len(line) > 998 {
			t.Errorf("line %d has %d bytes", i, len(line))
		}
		if bytes.ContainsFunc(line, func(r rune) bool { return r > 0x7e || r < ' ' && r != '\t' }) {
			t.Errorf("line %d is not printable ASCII: %q", i, line)
		}
		if inHeader = inHeader && len(line) > 0; inHeader && len(bytes.TrimSpace(line)) == 0 {
			t.Errorf("header line %d holds white space only", i)
		}
	}
}
