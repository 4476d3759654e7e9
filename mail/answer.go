package mail

import (
	"fmt"
	"net/textproto"
	"regexp"
	"strings"
)

var replyLine = regexp.MustCompile(`^([2-5]\d\d)(?:([ -])(.*))?$`)

// answer reads the relay's answer to the dot. Unlike net/textproto it takes a code without
// a text, which RFC 5321 allows: what is read wrongly here is mailed twice. A refusal that
// breaks off after its code is a refusal still.
func answer(text *textproto.Conn) (code int, message string, err error) {
	var said []string
	for {
		line, err := text.ReadLine()
		if err != nil && code >= 400 {
			return code, strings.Join(said, "\n"), nil
		}
		if err != nil {
			return 0, "", err
		}
		parts := replyLine.FindStringSubmatch(line)
		if parts == nil {
			return 0, "", textproto.ProtocolError("no reply: " + line)
		}
		this := int(parts[1][0]-'0')*100 + int(parts[1][1]-'0')*10 + int(parts[1][2]-'0')
		if code != 0 && this != code {
			return 0, "", textproto.ProtocolError(fmt.Sprintf("one reply of two codes, %d and %d", code, this))
		}
		code, said = this, append(said, parts[3])
		if parts[2] != "-" {
			return code, strings.Join(said, "\n"), nil
		}
	}
}
