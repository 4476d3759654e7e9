package text

import "bytes"

// CRLFLines ends each line in CRLF. Servers differ on what a lone CR or LF means, and SMTP
// smuggling lives on that. What has such lines already is given as it is.
func CRLFLines(message []byte) []byte {
	if hasCRLFLines(message) {
		return message
	}
	out := make([]byte, 0, len(message)+len(message)/32)
	for line := range bytes.Lines(message) {
		line = bytes.TrimSuffix(bytes.TrimSuffix(line, []byte("\n")), []byte("\r"))
		for part := range bytes.SplitSeq(line, []byte("\r")) {
			out = append(append(out, part...), "\r\n"...)
		}
	}
	return out
}

// hasCRLFLines tells whether every line ends in CRLF, and no CR or LF stands elsewhere.
func hasCRLFLines(message []byte) bool {
	for len(message) > 0 {
		end := bytes.IndexByte(message, '\n')
		if end < 1 || message[end-1] != '\r' || bytes.IndexByte(message[:end-1], '\r') >= 0 {
			return false
		}
		message = message[end+1:]
	}
	return true
}
