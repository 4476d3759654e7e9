package mail_test

import (
	"bytes"
	"encoding/xml"
	stdhtml "html"
	"io"
	"maps"
	"mime"
	stdmail "net/mail"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"rapport/internal/content"
	"rapport/mail"
)

func TestTheSameMessageHasTheSameBytes(t *testing.T) {
	for name, message := range samples() {
		if first, again := compose(t, message), compose(t, message); !bytes.Equal(first.Bytes(), again.Bytes()) {
			t.Errorf("%s: two compositions differ", name)
		}
	}
}

func TestTextHTMLAndEveryAttachmentArriveWhole(t *testing.T) {
	for name, message := range samples() {
		t.Run(name, func(t *testing.T) {
			frozen := compose(t, message)
			got := parse(t, frozen.Bytes())
			want := "multipart/mixed(multipart/alternative(text/plain text/html) application/pdf text/csv)"
			if got.structure != want {
				t.Errorf("structure %s, want %s", got.structure, want)
			}
			for _, a := range message.Attachments {
				if !bytes.Equal(got.attachments[a.Name], a.Data) {
					t.Errorf("attachment %s differs", a.Name)
				}
			}
			if !bytes.Equal(got.html, frozen.HTML) {
				t.Error("the HTML differs from the one frozen beside it")
			}
		})
	}
}

func TestMessageWithoutAttachmentsHasOneLevel(t *testing.T) {
	m := daily()
	m.Attachments = nil
	if got := parse(t, compose(t, m).Bytes()).structure; got != "multipart/alternative(text/plain text/html)" {
		t.Error(got)
	}
}

func TestHeadersAreTheseAndNoOthers(t *testing.T) {
	frozen := compose(t, daily())
	got := parse(t, frozen.Bytes()).header
	want := stdmail.Header{
		"Auto-Submitted":           {"auto-generated"},
		"Content-Type":             {got.Get("Content-Type")},
		"Date":                     {"Fri, 20 Nov 2026 06:00:00 +0100"},
		"From":                     {`"Fjordfisk rapport" <rapport@fjordfisk.no>`},
		"Message-Id":               {"<" + frozen.ID + ">"},
		"Mime-Version":             {"1.0"},
		"Reply-To":                 {"<okonomi@fjordfisk.no>"},
		"Subject":                  {got.Get("Subject")},
		"To":                       {"=?UTF-8?Q?=C3=85se_=C3=98deg=C3=A5rd?= <regnskap@fjordfisk.no>"},
		"User-Agent":               {"Rapport"},
		"X-Auto-Response-Suppress": {"All"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	// A non-breaking space is white space to a header: it may be folded there.
	if subject := decode(t, got.Get("Subject")); subject != "Dagsoppgjør Oslo: 48 213,50 kr netto, torsdag 19. november 2026" {
		t.Error(subject)
	}
	if frozen.Envelope != "bounce@fjordfisk.no" || frozen.To != "regnskap@fjordfisk.no" {
		t.Errorf("envelope %q to %q", frozen.Envelope, frozen.To)
	}
	types := parse(t, frozen.Bytes()).types
	if got := types["dagsoppgjoer-oslo_2026-11-19.csv"]; got != `text/csv; charset=utf-8; name="dagsoppgjoer-oslo_2026-11-19.csv"` {
		t.Error(got)
	}
}

func TestNamesCannotAddHeadersOrFoolTheReader(t *testing.T) {
	frozen := compose(t, hostile())
	header := parse(t, frozen.Bytes()).header
	if header.Get("Bcc") != "" || len(header) != 11 {
		t.Errorf("headers %v", slices.Sorted(maps.Keys(header)))
	}
	from, err := header.AddressList("From")
	if err != nil || len(from) != 1 || from[0].Address != "rapport@fjordfisk.no" {
		t.Fatalf("from %v, %v", from, err)
	}
	if from[0].Name != "=?utf-8?q?evil=40example.com?= Bcc: x@y.no" {
		t.Errorf("the name reads %q: an encoded word was passed raw", from[0].Name)
	}
	to, err := header.AddressList("To")
	if err != nil || utf8.RuneCountInString(to[0].Name) != 100 || !strings.HasSuffix(to[0].Name, "A…") {
		t.Errorf("to %v, %v", to, err)
	}
	subject := decode(t, header.Get("Subject"))
	if utf8.RuneCountInString(subject) != 200 || !strings.HasPrefix(subject, "x Bcc: victim@example.com AAA") {
		t.Errorf("subject %q", subject)
	}
}

func TestTextThatLooksEncodedIsEncodedAgain(t *testing.T) {
	m := daily()
	const trick = "=?utf-8?q?Fjordfisk_=3Cx=40y.no=3E?="
	m.From.Name, m.To.Name, m.Content.Subject = trick, "a "+trick, trick+" b"
	frozen := compose(t, m)
	if bytes.Contains(frozen.Bytes()[:bytes.Index(frozen.Bytes(), []byte("\r\n\r\n"))], []byte("=?utf-8?q?Fjordfisk")) {
		t.Error("an encoded word was passed raw: mail programs decode it")
	}
	header := parse(t, frozen.Bytes()).header
	if from, err := header.AddressList("From"); err != nil || from[0].Name != trick {
		t.Errorf("from %v, %v", from, err)
	}
	if subject := decode(t, header.Get("Subject")); subject != trick+" b" {
		t.Errorf("subject %q", subject)
	}
}

func TestHTMLIsWellFormedAndNeedsNothingFromOutside(t *testing.T) {
	for name, message := range everything(t) {
		html := compose(t, message).HTML
		decoder := xml.NewDecoder(bytes.NewReader(html))
		decoder.Entity = xml.HTMLEntity
		for {
			token, err := decoder.Token()
			if err == io.EOF {
				break
			}
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			start, ok := token.(xml.StartElement)
			if !ok {
				continue
			}
			if slices.Contains([]string{"script", "img", "link", "iframe", "object", "form", "a", "base"}, start.Name.Local) {
				t.Errorf("%s: element %s", name, start.Name.Local)
			}
			for _, a := range start.Attr {
				if slices.Contains([]string{"src", "href", "background", "action", "srcset"}, a.Name.Local) || strings.Contains(a.Value, "url(") {
					t.Errorf("%s: attribute %s=%q", name, a.Name.Local, a.Value)
				}
			}
		}
		if bytes.Contains(html, []byte("@import")) || bytes.Contains(html, []byte("\u202e")) {
			t.Errorf("%s: imports a style, or turns the text", name)
		}
	}
}

// Gmail cuts an HTML of more than 102 kB, with what relays add to ours, and with it the notes and the footer.
func TestLongMessageIsNotClipped(t *testing.T) {
	for _, tables := range []int{1, 3, 6, 12} {
		m := monthly()
		long := content.Table{Title: "By day", Head: m.Content.Tables[0].Head, Right: m.Content.Tables[0].Right, Total: true, More: 4}
		for len(long.Rows) < 32 {
			long.Rows = append(long.Rows, m.Content.Tables[0].Rows[0])
		}
		m.Content.Tables = slices.Repeat([]content.Table{long}, tables)
		frozen := compose(t, m)
		if size := len(frozen.HTML); size > 60_000 {
			t.Errorf("%d tables of 31 rows and 6 columns make %d bytes", tables, size)
		}
		left := regexp.MustCompile(`and (\d+) more`).FindAllSubmatch(parse(t, frozen.Bytes()).text, -1)
		if len(left) != tables || (string(left[0][1]) == "4") != (tables <= 3) {
			t.Errorf("%d tables say that %q are left out", tables, left)
		}
	}
}

// Whatever a name is as long as, the mail goes out.
func TestEndlessTextsAreCutAndSaySo(t *testing.T) {
	m := monthly()
	for _, endless := range []string{strings.Repeat("<", 5_000_000), strings.Repeat("\u202e", 100_000), strings.Repeat("日", 4001)} {
		m.Content.Title, m.Content.Remarks = endless, []string{endless}
		for i := range m.Content.Tables[1].Rows {
			m.Content.Tables[1].Rows[i][0] = endless
		}
		text := parse(t, compose(t, m).Bytes()).text
		if len(text) > 100_000 || bytes.Count(text, []byte("…")) < 3 {
			t.Errorf("a text of %d bytes, cut %d times", len(text), bytes.Count(text, []byte("…")))
		}
	}
}

// A list of mails shows the preview beside the subject, and nothing of what comes next.
func TestPreviewContinuesTheSubject(t *testing.T) {
	m := daily()
	for want, preview := range map[string]string{"a &amp; b": "a & b", m.Content.Lead: ""} {
		m.Content.Preview = preview
		_, body, _ := strings.Cut(string(compose(t, m).HTML), "<body")
		_, first, _ := strings.Cut(body, ">")
		if _, text, _ := strings.Cut(first, ">"); !strings.HasPrefix(strings.TrimSpace(first), `<div class="preview"`) || !strings.HasPrefix(text, want+strings.Repeat("&#847;&zwnj;&#160;", 100)) {
			t.Errorf("the page begins with %.300s", first)
		}
	}
}

var figure = regexp.MustCompile(`[−-]?\d[\d\x{a0}.,:]*`)

// hidden is what a reader does not see twice: the preview, the stacked labels, the
// title and the style of the page.
var hidden = regexp.MustCompile(`(?s)<style>.*?</style>|<title>.*?</title>|<div class="preview".*?</div>|<span class="label.*?</span>|<div class="below".*?</div>`)

func TestTextAndHTMLHoldTheSameFigures(t *testing.T) {
	for name, message := range everything(t) {
		if strings.Contains(name, "hostile") {
			continue // escapes are figures too
		}
		parsed := parse(t, compose(t, message).Bytes())
		html := regexp.MustCompile(`<[^>]*>`).ReplaceAllString(hidden.ReplaceAllString(string(parsed.html), ""), " ")
		html = stdhtml.UnescapeString(html)
		inText, inHTML := figure.FindAllString(string(parsed.text), -1), figure.FindAllString(html, -1)
		nothing := func(figure string) bool { return strings.Trim(figure, "0.,") == "" } // a narrow text leaves it out
		inText, inHTML = slices.DeleteFunc(inText, nothing), slices.DeleteFunc(inHTML, nothing)
		slices.Sort(inText)
		slices.Sort(inHTML)
		if diff := cmp.Diff(inText, inHTML); diff != "" {
			t.Errorf("%s (-text +html):\n%s", name, diff)
		}
		for _, table := range slices.Concat(message.Content.Urgent, message.Content.Tables) {
			for _, cell := range slices.Concat(table.Rows...) {
				if !nothing(cell) && !strings.Contains(string(parsed.text), cell) || !strings.Contains(html, cell) {
					t.Errorf("%s: %q is not in both", table.Title, cell)
				}
			}
		}
	}
}

func TestWhatAHeaderCannotHoldIsRefused(t *testing.T) {
	for name, test := range map[string]struct {
		spoil func(*mail.Message)
		want  string
	}{
		"no recipient":          {func(m *mail.Message) { m.To.Address = "" }, "to: there is no address"},
		"second recipient":      {func(m *mail.Message) { m.To.Address = "a@b.no,c@d.no" }, "not an address"},
		"header in an address":  {func(m *mail.Message) { m.To.Address = "a@b.no\r\nBcc: c@d.no" }, "to: "},
		"parameter smuggling":   {func(m *mail.Message) { m.Envelope = `a@b.no> ORCPT=c@d.no"@b.no` }, "envelope from: "},
		"quoted local part":     {func(m *mail.Message) { m.To.Address = `"a b"@c.no` }, "not an address"},
		"domain not ascii":      {func(m *mail.Message) { m.To.Address = "post@blåbær.no" }, "punycode"},
		"reply to":              {func(m *mail.Message) { m.ReplyTo.Address = "nobody" }, "reply to: "},
		"no date":               {func(m *mail.Message) { m.Date = time.Time{} }, "date"},
		"message id":            {func(m *mail.Message) { m.ID = "a@b>\r\nX: y" }, "message id"},
		"file name with a path": {func(m *mail.Message) { m.Attachments[0].Name = "../x.pdf" }, "attachment"},
		"file name twice":       {func(m *mail.Message) { m.Attachments[1].Name = strings.ToUpper(m.Attachments[0].Name) }, "twice"},
		"content type":          {func(m *mail.Message) { m.Attachments[0].ContentType = "text/csv\r\nX: y" }, "content type"},
		"language":              {func(m *mail.Message) { m.Content.Language = "sv" }, "sv"},
	} {
		m := daily()
		test.spoil(&m)
		if _, err := mail.Compose(m); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: error %v, want one with %q", name, err, test.want)
		}
	}
}

func TestMessageIDIsStableAndDependsOnEveryPart(t *testing.T) {
	if got := mail.MessageID("fjordfisk.no", "T12345678", "oslo-daily"); got != "bgxxr2nupcp5njwy2pp4uigk3r5hyy7x@fjordfisk.no" {
		t.Errorf("the Message-ID changed to %s: what was sent would be sent as something else", got)
	}
	ids := map[string]bool{}
	for _, parts := range [][]string{{"ab", "c"}, {"a", "bc"}, {"abc"}, {"abc", ""}, {}} {
		ids[mail.MessageID("x.no", parts...)] = true
	}
	if len(ids) != 5 {
		t.Error("two identities share a Message-ID")
	}
}

func BenchmarkCompose(b *testing.B) {
	m := daily()
	m.Attachments[0].Data = bytes.Repeat([]byte("0123456789abcdef"), 200_000/16)
	b.SetBytes(200_000)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := mail.Compose(m); err != nil {
			b.Fatal(err)
		}
	}
}

func decode(t testing.TB, header string) string {
	t.Helper()
	s, err := new(mime.WordDecoder).DecodeHeader(header)
	if err != nil {
		t.Fatal(err)
	}
	return s
}
