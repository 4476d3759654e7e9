package mail

import "bytes"

// dotStuffed is a message as SMTP carries it: lines that end in CRLF and nothing else, one
// dot more where a line begins with one (RFC 5321, 4.5.2). A composed message is that
// already, but for dots, and is returned as it is.
func dotStuffed(message []byte) []byte {
	if !hasCRLFLines(message) {
		message = crlfLines(message)
	}
	if bytes.HasPrefix(message, []byte(".")) {
		message = append([]byte("."), message...)
	}
	if !bytes.Contains(message, []byte("\r\n.")) {
		return message
	}
	return bytes.ReplaceAll(message, []byte("\r\n."), []byte("\r\n.."))
}

// crlfLines ends each line in CRLF. Servers differ on what a lone CR or LF means, and SMTP
// smuggling lives on that.
func crlfLines(message []byte) []byte {
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
