package mail

import (
	"errors"
	"net"
)

// maxReply is how many bytes a server may send in one step: lines of a reply have at most
// 512 (RFC 5321), and a TLS handshake carries certificates.
const maxReply = 128 << 10

var errReplyTooLong = errors.New("the server sends more than 128 kB for one reply")

// limitedConn is the bare connection, which reads at most what is left for a step: the
// client's own reader would take a reply of any size into memory.
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
