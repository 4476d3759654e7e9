package mail

import (
	"bufio"
	"errors"
	"fmt"
	"net"
	"net/textproto"
	"regexp"
	"strconv"
	"strings"
)

// A reply is what the relay says to a command, as RFC 5321, 4.2, writes it.
type reply struct {
	code  int
	lines []string // the texts after the codes; one may be empty
}

// text is the reply's texts on one line.
func (r reply) text() string { return strings.Join(r.lines, " ") }

// enhancedCode is a status by RFC 3463 before the text of a reply; some servers write #5.1.0.
var enhancedCode = regexp.MustCompile(`^[\[(#]*([245]\.\d{1,3}\.\d{1,3})(?:[^\d.]|$)`)

// enhanced is the reply's enhanced status code like 5.1.1, or empty.
func (r reply) enhanced() string {
	if found := enhancedCode.FindStringSubmatch(r.lines[0]); found != nil {
		return found[1]
	}
	return ""
}

// A replyError is a reply that does not accept the command.
type replyError struct{ reply }

func (e *replyError) Error() string { return strconv.Itoa(e.code) + " " + e.text() }

var replyLine = regexp.MustCompile(`^([2-5]\d\d)(?:([ -])(.*))?$`)

// readReply reads one reply. Its lines end in CRLF or LF, and a code may stand alone:
// net/textproto refuses that, and a reply that is misread after the dot is mailed twice.
// A refusal that breaks off after its code is a refusal still.
func readReply(from *bufio.Reader) (r reply, err error) {
	lines := textproto.NewReader(from)
	for {
		line, err := lines.ReadLine()
		if err != nil && r.code >= 400 {
			return r, nil
		}
		if err != nil {
			return reply{}, err
		}
		parts := replyLine.FindStringSubmatch(line)
		if parts == nil {
			return reply{}, &describedError{text: "no reply: " + line}
		}
		code, err := strconv.Atoi(parts[1])
		if err != nil {
			return reply{}, err
		}
		if r.code != 0 && code != r.code {
			return reply{}, &describedError{text: fmt.Sprintf("one reply of two codes, %d and %d", r.code, code)}
		}
		r.code, r.lines = code, append(r.lines, parts[3])
		if parts[2] != "-" {
			return r, nil
		}
	}
}

// maxReply is how many bytes a server may send in one step: lines of a reply have at most
// 512 (RFC 5321), and a TLS handshake carries certificates.
const maxReply = 128 << 10

var errReplyTooLong = errors.New("the server sends more than 128 kB for one reply")

// limitedConn is the bare connection, which reads at most what is left for a step: a reply
// of any size would go into memory.
type limitedConn struct {
	net.Conn
	left int // bytes
}

func (c *limitedConn) Read(p []byte) (int, error) {
	if c.left <= 0 {
		return 0, errReplyTooLong
	}
	n, err := c.Conn.Read(p[:min(len(p), c.left)])
	c.left -= n
	return n, err
}
