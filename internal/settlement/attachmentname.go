package settlement

import (
	"mime"
	"strings"
)

// SafeName is an id as a part of a file name.
func SafeName(id string) string {
	const longest = 64
	name := strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r == '-' {
			return r
		}
		return '-'
	}, id)
	return name[:min(len(name), longest)]
}

// FileEnding is an ending of a file name that cannot lead elsewhere.
func FileEnding(extension string) string {
	const longest = 8
	ending := strings.ToLower(strings.TrimPrefix(extension, "."))
	if ending == "" || len(ending) > longest || strings.Trim(ending, "abcdefghijklmnopqrstuvwxyz0123456789") != "" {
		return "bin"
	}
	return ending
}

// AttachmentType is the type of a file as Dintero has it, if it is one.
func AttachmentType(contentType string) string {
	kind, _, err := mime.ParseMediaType(contentType)
	if err != nil || !strings.Contains(kind, "/") || strings.HasPrefix(kind, "multipart/") || strings.HasPrefix(kind, "message/") {
		return "application/octet-stream"
	}
	return kind
}
