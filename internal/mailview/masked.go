package mailview

import (
	"bytes"
	"encoding/base64"
	"io"
	"mime"
	"mime/quotedprintable"
	"slices"
	"strings"
)

// Masked is a mail of which the head and the texts went through mask, as those of it that are to be
// read without whose addresses they name. What is attached stays, and so do the fields that name no
// person. A text that cannot be read is left out.
func Masked(eml []byte, mask func(string) string) []byte { return maskPart(eml, mask, deepest) }

func maskPart(part []byte, mask func(string) string, depth int) []byte {
	head, body, hasBody := bytes.Cut(part, []byte("\r\n\r\n"))
	fields := fieldsOf(string(head))
	get := func(name string) string {
		for _, f := range fields {
			if strings.EqualFold(f.name, name) {
				return f.value
			}
		}
		return ""
	}
	kind, parameters, err := mime.ParseMediaType(get("Content-Type"))
	if err != nil {
		kind = "text/plain"
	}
	disposition, _, _ := mime.ParseMediaType(get("Content-Disposition")) // without one it is shown where it stands
	switch boundary := parameters["boundary"]; {
	case strings.HasPrefix(kind, "multipart/") && boundary != "" && depth > 0:
		body = maskParts(body, boundary, mask, depth-1)
	case strings.HasPrefix(kind, "text/") && disposition != "attachment" && hasBody:
		text := decoded(body, get("Content-Transfer-Encoding"))
		if masked := mask(text); masked != text || text == "" {
			body = lines64(masked)
			fields = slices.DeleteFunc(fields, func(f field) bool { return strings.EqualFold(f.name, "Content-Transfer-Encoding") })
			fields = append(fields, field{raw: "Content-Transfer-Encoding: base64"})
		}
	}
	var out bytes.Buffer
	for _, f := range fields {
		out.WriteString(f.masked(mask) + "\r\n")
	}
	out.WriteString("\r\n")
	out.Write(body)
	return out.Bytes()
}

// maskParts masks what stands between the lines of a boundary.
func maskParts(body []byte, boundary string, mask func(string) string, depth int) []byte {
	line := []byte("\r\n--" + boundary)
	pieces := bytes.Split(append([]byte("\r\n"), body...), line)
	for i, piece := range pieces {
		if inner, is := bytes.CutPrefix(piece, []byte("\r\n")); is && i > 0 {
			pieces[i] = append([]byte("\r\n"), maskPart(inner, mask, depth)...)
		}
	}
	return bytes.TrimPrefix(bytes.Join(pieces, line), []byte("\r\n"))
}

// A field is one of a head: raw is as it stands there, folded.
type field struct{ name, value, raw string }

func fieldsOf(head string) (all []field) {
	for line := range strings.SplitSeq(head, "\r\n") {
		if last := len(all) - 1; last >= 0 && strings.HasPrefix(line, " ") || last >= 0 && strings.HasPrefix(line, "\t") {
			all[last].raw += "\r\n" + line
			all[last].value += line
			continue
		}
		name, value, _ := strings.Cut(line, ":")
		all = append(all, field{name, strings.TrimSpace(value), line})
	}
	return all
}

// masked is a field as it may be read. A message's own name, and what tells of its form, name nobody.
func (f field) masked(mask func(string) string) string {
	if slices.Contains([]string{"", "message-id", "mime-version", "date"}, strings.ToLower(f.name)) || strings.HasPrefix(strings.ToLower(f.name), "content-") {
		return f.raw
	}
	value, err := new(mime.WordDecoder).DecodeHeader(f.value)
	if err != nil {
		value = f.value
	}
	if masked := mask(value); masked != value {
		return f.name + ": " + mime.QEncoding.Encode("utf-8", masked)
	}
	return f.raw
}

func decoded(body []byte, encoding string) string {
	var in io.Reader = bytes.NewReader(body)
	switch strings.ToLower(encoding) {
	case "base64":
		in = base64.NewDecoder(base64.StdEncoding, in)
	case "quoted-printable":
		in = quotedprintable.NewReader(in)
	}
	text, err := io.ReadAll(in)
	if err != nil {
		return ""
	}
	return string(text)
}

// lines64 is base64 in lines as a mail has them.
func lines64(text string) []byte {
	var out bytes.Buffer
	for chunk := range slices.Chunk([]byte(text), 57) {
		out.WriteString(base64.StdEncoding.EncodeToString(chunk) + "\r\n")
	}
	return out.Bytes()
}
