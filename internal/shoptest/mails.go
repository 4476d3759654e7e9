package shoptest

import (
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/mail"
	"strings"
	"testing"

	"rapport/internal/builder"
	ourmail "rapport/mail"
)

// Attached is a message from its attachment on.
func Attached(t testing.TB, f ourmail.Frozen) string {
	t.Helper()
	_, rest, found := strings.Cut(string(f.Bytes()), "Content-Disposition: attachment")
	if !found {
		t.Fatal("no attachment")
	}
	rest, _, _ = strings.Cut(rest, "\r\n--")
	return rest
}

// Letters are the messages since the last call.
func (s *Shop) Letters() []ourmail.Frozen {
	s.Box.Mu.Lock()
	defer s.Box.Mu.Unlock()
	got := s.Box.Got
	s.Box.Got = nil
	return got
}

// SubjectAndText are what a mail program shows of a message.
func SubjectAndText(t testing.TB, f ourmail.Frozen) (subject, text string) {
	t.Helper()
	m, err := mail.ReadMessage(strings.NewReader(string(f.Bytes())))
	if err != nil {
		t.Fatal(err)
	}
	if subject, err = new(mime.WordDecoder).DecodeHeader(m.Header.Get("Subject")); err != nil {
		t.Fatal(err)
	}
	text = textPart(t, m.Header.Get("Content-Type"), m.Body)
	return strings.ReplaceAll(subject, "\u00a0", " "), strings.ReplaceAll(text, "\u00a0", " ")
}

func textPart(t testing.TB, contentType string, body io.Reader) string {
	t.Helper()
	kind, params, err := mime.ParseMediaType(contentType)
	if err != nil {
		t.Fatal(err)
	}
	if kind == "text/plain" {
		text, err := io.ReadAll(quotedprintable.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	if !strings.HasPrefix(kind, "multipart/") {
		return ""
	}
	for parts := multipart.NewReader(body, params["boundary"]); ; {
		part, err := parts.NextRawPart()
		if err != nil {
			return ""
		}
		if text := textPart(t, part.Header.Get("Content-Type"), part); text != "" {
			return text
		}
	}
}

// Read makes periods one after the other and gives the last one's subject and text.
func (s *Shop) Read(periods ...string) (subject, text string) {
	s.T.Helper()
	for _, p := range periods {
		if o := s.Run(p); o != (builder.Outcome{}) {
			s.T.Fatalf("%s: %+v %s", p, o, s.Said())
		}
	}
	letters := s.Letters()
	if len(letters) == 0 {
		s.T.Fatal("nothing was mailed")
	}
	return SubjectAndText(s.T, letters[len(letters)-1])
}

// FilesOf are the names of a message's attachments.
func FilesOf(message []byte) string {
	var names []string
	for _, part := range strings.Split(string(message), `filename="`)[1:] {
		name, _, _ := strings.Cut(part, `"`)
		names = append(names, name)
	}
	return strings.Join(names, " ")
}
