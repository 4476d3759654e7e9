package mail

import (
	"bytes"
	"encoding/base64"
	"mime/multipart"
	"net/mail"
	"strings"
	"testing"
	"time"
)

// TestAnAttachmentIsTheSameTextForEverybody: encoded once or for each, what arrives is the
// data, and Enclosed says where its text stands.
func TestAnAttachmentIsTheSameTextForEverybody(t *testing.T) {
	for _, n := range []int{0, 1, 2, 3, 56, 57, 58, 113, 114, 115, 70_000} {
		data := bytes.Repeat([]byte("\x00.\r\nå"), n)[:n]
		one := Attachment{Name: "a.csv", ContentType: "text/csv", Data: data}
		two := Attachment{Name: "b.pdf", ContentType: "application/pdf", Data: []byte("second")}
		m := Message{From: mail.Address{Address: "a@fjordfisk.no"}, To: mail.Address{Address: "b@fjordfisk.no"}, ID: "1@fjordfisk.no",
			Date: time.Date(2026, 11, 20, 6, 0, 0, 0, time.UTC), Content: Content{Language: "no", Subject: "x"}, Attachments: []Attachment{one, two}}
		plain := mustCompose(t, m)
		m.Attachments = []Attachment{one.Encoded(), two.Encoded()}
		if again := mustCompose(t, m); !bytes.Equal(plain.Bytes(), again.Bytes()) {
			t.Errorf("%d bytes: another message", n)
		}
		for i, want := range [][]byte{data, []byte("second")} {
			e := plain.AttachmentSpans[i]
			text := plain.Bytes()[e.At : e.At+e.Size]
			got, err := base64.StdEncoding.DecodeString(strings.ReplaceAll(string(text), "\r\n", ""))
			if err != nil || !bytes.Equal(got, want) {
				t.Errorf("%d bytes, file %d: %d bytes arrive, %v", n, i, len(got), err)
			}
			for line := range bytes.Lines(text) {
				if len(line) > 78 || !bytes.HasSuffix(line, []byte("\r\n")) {
					t.Errorf("line %q", line)
				}
			}
		}
		if parts := partsOf(t, plain); parts != 3 {
			t.Errorf("%d bytes: %d parts", n, parts)
		}
	}
}

func mustCompose(t *testing.T, m Message) Frozen {
	t.Helper()
	f, err := Compose(m)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// partsOf counts what a standard parser finds in a message, outermost level.
func partsOf(t *testing.T, f Frozen) (n int) {
	t.Helper()
	parsed, err := mail.ReadMessage(bytes.NewReader(f.Bytes()))
	if err != nil {
		t.Fatal(err)
	}
	_, boundary, _ := strings.Cut(parsed.Header.Get("Content-Type"), `boundary="`)
	for parts := multipart.NewReader(parsed.Body, strings.TrimSuffix(boundary, `"`)); ; n++ {
		if _, err := parts.NextRawPart(); err != nil {
			return n
		}
	}
}
