package mail

import (
	"encoding/base64"
	"fmt"
	"mime"
	"regexp"
	"strings"
)

// Attachment is a file of the message.
type Attachment struct {
	Name        string // ASCII file name
	ContentType string // application/pdf, text/csv
	Data        []byte

	text []byte // Data in base64; nil: not encoded yet
}

// Encoded returns the attachment with its base64 text made, once for as many messages as
// it goes with. Its Data must not change any more.
func (a Attachment) Encoded() Attachment {
	if a.text == nil {
		a.text = EncodeAttachment(a.Data)
	}
	return a
}

// bytesPerLine makes base64 lines of 76 characters (RFC 2045, 6.8).
const bytesPerLine = 57

// base64Size is the size of n bytes as EncodeAttachment writes it.
func base64Size(n int) int {
	return base64.StdEncoding.EncodedLen(n) + (n+bytesPerLine-1)/bytesPerLine*len("\r\n")
}

// EncodeAttachment is what a message carries of a file: base64, each line with its CRLF.
func EncodeAttachment(data []byte) []byte {
	text := make([]byte, 0, base64Size(len(data)))
	for len(data) > 0 {
		n := min(bytesPerLine, len(data))
		text = append(base64.StdEncoding.AppendEncode(text, data[:n]), "\r\n"...)
		data = data[n:]
	}
	return text
}

// contentType is the media type with the charset UTF-8 for text, so that no program has to
// guess; empty where ContentType is not one.
func (a Attachment) contentType() string {
	media, params, err := mime.ParseMediaType(a.ContentType)
	if err != nil || len(a.ContentType) > 100 {
		return ""
	}
	if strings.HasPrefix(media, "text/") && params["charset"] == "" {
		params["charset"] = "utf-8"
	}
	delete(params, "name") // is written beside it
	return mime.FormatMediaType(media, params)
}

var attachmentName = regexp.MustCompile(`^[A-Za-z0-9_-][A-Za-z0-9._-]{0,199}$`)

// checkAttachments refuses what a part's header cannot hold, and a name that comes twice.
func checkAttachments(attachments []Attachment) error {
	seen := map[string]bool{}
	for _, a := range attachments {
		if !attachmentName.MatchString(a.Name) {
			return fmt.Errorf("attachment %q: the name has more than ASCII letters, digits, dots, hyphens and underscores, or too many", a.Name)
		}
		name := strings.ToLower(a.Name)
		if seen[name] {
			return fmt.Errorf("attachment %q is there twice", a.Name)
		}
		seen[name] = true
		if a.contentType() == "" {
			return fmt.Errorf("attachment %q: content type %q is not one", a.Name, a.ContentType)
		}
	}
	return nil
}
