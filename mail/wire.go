package mail

import (
	"errors"
	"net"
)

// maxReply is how many bytes a server may send in one step: replies of RFC 5321 have
// lines of 512, and a TLS handshake carries certificates.
const maxReply = 128 << 10

var errFlood = errors.New("the server sends more than 128 kB for one reply")

// wire is the bare connection, which reads no more than what is left for a step: the
// client's own reader would take a reply of any size into memory.
type wire struct {
	net.Conn
	left int
}

func (w *wire) Read(p []byte) (int, error) {
	if w.left <= 0 {
		return 0, errFlood
	}
	n, err := w.Conn.Read(p[:min(len(p), w.left)])
	w.left -= n
	return n, err
}
