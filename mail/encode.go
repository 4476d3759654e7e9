package mail

import (
	"encoding/base64"
	"fmt"
	"mime"
	"strings"
)

// Encoded is the attachment with its text in base64 made once, for as many messages as
// it goes with. Its Data must not change any more.
func (a Attachment) Encoded() Attachment {
	if a.text == nil {
		a.text = base64Lines(a.Data)
	}
	return a
}

// lineBytes is how much of an attachment goes on one line: 76 characters (RFC 2045, 6.8).
const lineBytes = 57

// base64Lines is data in base64, each line with its CRLF.
func base64Lines(data []byte) []byte {
	text := make([]byte, 0, base64.StdEncoding.EncodedLen(len(data))+(len(data)+lineBytes-1)/lineBytes*2)
	for len(data) > 0 {
		n := min(lineBytes, len(data))
		text = base64.StdEncoding.AppendEncode(text, data[:n])
		text = append(text, "\r\n"...)
		data = data[n:]
	}
	return text
}

// contentType says of text that it is UTF-8, so that no program has to guess.
func (a Attachment) contentType() string {
	media, params, err := mime.ParseMediaType(a.ContentType)
	if err != nil || len(a.ContentType) > 100 {
		return ""
	}
	if strings.HasPrefix(media, "text/") && params["charset"] == "" {
		params["charset"] = "utf-8"
	}
	delete(params, "name") // go-mail adds its own
	return mime.FormatMediaType(media, params)
}

// checkAttachments refuses what a part's header cannot hold.
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
