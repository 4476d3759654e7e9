package mail

import "bytes"

// onTheWire is a message as SMTP carries it: lines that end in CRLF and nothing else, one
// dot more where a line begins with one (RFC 5321, 4.5.2). A composed message is that
// already, but for dots, and is given back as it is.
func onTheWire(message []byte) []byte {
	if !hasWholeLines(message) {
		message = wholeLines(message)
	}
	if bytes.HasPrefix(message, []byte(".")) {
		message = append([]byte("."), message...)
	}
	if !bytes.Contains(message, []byte("\r\n.")) {
		return message
	}
	return bytes.ReplaceAll(message, []byte("\r\n."), []byte("\r\n.."))
}

// wholeLines ends each line in CRLF. Servers differ on what a lone CR or LF is, and
// smuggling lives on that.
func wholeLines(message []byte) []byte {
	out := make([]byte, 0, len(message)+len(message)/32)
	for line := range bytes.Lines(message) {
		line = bytes.TrimSuffix(bytes.TrimSuffix(line, []byte("\n")), []byte("\r"))
		for part := range bytes.SplitSeq(line, []byte("\r")) {
			out = append(append(out, part...), "\r\n"...)
		}
	}
	return out
}

func hasWholeLines(message []byte) bool {
	for len(message) > 0 {
		end := bytes.IndexByte(message, '\n')
		if end < 1 || message[end-1] != '\r' || bytes.IndexByte(message[:end-1], '\r') >= 0 {
			return false
		}
		message = message[end+1:]
	}
	return true
}
