package mail

import (
	"fmt"
	"net/textproto"
	"regexp"
	"strconv"
	"strings"
)

var replyLine = regexp.MustCompile(`^([2-5]\d\d)(?:([ -])(.*))?$`)

// readReply reads the relay's reply to the dot. Unlike net/textproto it takes a code without
// a text, which RFC 5321 allows: a reply that is misread here is mailed twice. A refusal
// that breaks off after its code is a refusal still.
func readReply(text *textproto.Conn) (code int, message string, err error) {
	var lines []string
	for {
		line, err := text.ReadLine()
		if err != nil && code >= 400 {
			return code, strings.Join(lines, "\n"), nil
		}
		if err != nil {
			return 0, "", err
		}
		parts := replyLine.FindStringSubmatch(line)
		if parts == nil {
			return 0, "", textproto.ProtocolError("no reply: " + line)
		}
		this, err := strconv.Atoi(parts[1])
		if err != nil {
			return 0, "", err
		}
		if code != 0 && this != code {
			return 0, "", textproto.ProtocolError(fmt.Sprintf("one reply of two codes, %d and %d", code, this))
		}
		code, lines = this, append(lines, parts[3])
		if parts[2] != "-" {
			return code, strings.Join(lines, "\n"), nil
		}
	}
}

// maxReplyText is how many characters of a server's text are kept.
const maxReplyText = 400

// replyText is a server's reply on one line: "250 2.0.0 queued as 4XY".
func replyText(code int, message string) string {
	return strings.TrimSpace(strconv.Itoa(code) + " " + printable(message, maxReplyText))
}
