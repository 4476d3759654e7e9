package mail

import (
	"bytes"
	"crypto/sha256"
	"encoding/base32"
	"encoding/binary"
	"fmt"
	"net/mail"
	"regexp"
	"strings"
	"unicode"
)

// Longest header texts in runes; mail programs cut longer ones anyway.
const (
	maxSubject = 200
	maxName    = 100
)

// writeHeader writes a header that is already encoded, folded where a further word would
// make the line longer than 72 characters.
func writeHeader(b *bytes.Buffer, name, value string) {
	b.WriteString(name + ":")
	used := len(name) + 1
	for word := range strings.SplitSeq(value, " ") {
		if used += 1 + len(word); used > 72 {
			b.WriteString("\r\n")
			used = 1 + len(word)
		}
		b.WriteString(" " + word)
	}
	b.WriteString("\r\n")
}

// encodeWords is text as it stands in a header: printable ASCII as it is, all else as
// encoded words (RFC 2047). Text that only looks like an encoded word is encoded again.
func encodeWords(s string) string {
	if isASCII(s) && !strings.Contains(s, "=?") {
		return s
	}
	// A word has at most 75 characters and holds whole characters. 56 of them leave room
	// for the header's name, so that the first line is never empty.
	const maxWord = 56 - len("=?UTF-8?Q?") - len("?=")
	var words []string
	var word strings.Builder
	for _, r := range s {
		piece := encodeQ(r)
		if word.Len()+len(piece) > maxWord {
			words = append(words, word.String())
			word.Reset()
		}
		word.WriteString(piece)
	}
	words = append(words, word.String())
	return "=?UTF-8?Q?" + strings.Join(words, "?= =?UTF-8?Q?") + "?="
}

// encodeQ is a character in the Q encoding, safe in a display name too.
func encodeQ(r rune) string {
	switch {
	case r == ' ':
		return "_"
	case r < unicode.MaxASCII && (unicode.IsLetter(r) || unicode.IsDigit(r) || strings.ContainsRune("!*+-/", r)):
		return string(r)
	}
	var b strings.Builder
	for _, c := range []byte(string(r)) {
		fmt.Fprintf(&b, "=%02X", c)
	}
	return b.String()
}

// isASCII tells whether all of s is printable ASCII.
func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= 0x7f || s[i] < ' ' {
			return false
		}
	}
	return true
}

// addressHeader is an address with its display name, as it stands in a header.
func addressHeader(a mail.Address) string {
	name := headerText(a.Name, maxName)
	if name == "" {
		return "<" + a.Address + ">"
	}
	if encoded := encodeWords(name); encoded != name {
		return encoded + " <" + a.Address + ">"
	}
	return (&mail.Address{Name: name, Address: a.Address}).String()
}

// bareAddress is what may stand between the angle brackets of MAIL FROM and RCPT TO:
// a dot-atom at a host name. A quoted local part could smuggle a second address past
// a careless server (CVE-2025-59937), and nobody has one.
var bareAddress = regexp.MustCompile("^[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*@" +
	`[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?)*$`)

// checkAddress refuses an address that an SMTP command cannot hold as it is.
func checkAddress(role, address string) error {
	switch {
	case address == "":
		return fmt.Errorf("%s: there is no address", role)
	case len(address) > 254:
		return fmt.Errorf("%s: the address has %d characters, 254 are possible", role, len(address))
	case !isASCII(address):
		return fmt.Errorf("%s: %q is not ASCII — write its domain in punycode (xn--…)", role, address)
	case !bareAddress.MatchString(address):
		return fmt.Errorf("%s: %q is not an address that mail servers take", role, address)
	}
	return nil
}

var messageID = regexp.MustCompile(`^[A-Za-z0-9._+-]{1,64}@[A-Za-z0-9.-]{1,255}$`)

// MessageID is a Message-ID, without angle brackets, that is the same for the same
// identity for ever: 32 characters of the SHA-256 over the parts, each preceded by its
// length, at domain. Who gets the same message twice can see that it is the same.
func MessageID(domain string, identity ...string) string {
	hash := sha256.New()
	for _, part := range identity {
		hash.Write(binary.BigEndian.AppendUint64(nil, uint64(len(part))))
		hash.Write([]byte(part))
	}
	return strings.ToLower(base32.StdEncoding.EncodeToString(hash.Sum(nil)[:20])) + "@" + domain
}
