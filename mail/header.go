package mail

import (
	"bytes"
	"fmt"
	"net/mail"
	"regexp"
	"strings"
	"unicode"
)

// Longest header texts in runes; more would be cut by mail programs anyway.
const (
	maxSubject = 200
	maxName    = 100
)

// headerText is one line of header text without anything that could end the line or
// turn its direction, cut with … at limit runes.
func headerText(s string, limit int) string {
	s = strings.Join(strings.Fields(clean(s)), " ")
	if runes := []rune(s); len(runes) > limit {
		s = strings.TrimRight(string(runes[:limit-1]), " ") + "…"
	}
	return s
}

// clean drops what has no business in a text: bytes that are no UTF-8, control
// characters, and those that turn or hide the text around them. Line breaks become \n.
func clean(s string) string {
	s = strings.ToValidUTF8(s, "\uFFFD")
	s = strings.NewReplacer("\r\n", "\n", "\r", "\n", "\u0085", "\n", "\u2028", "\n", "\u2029", "\n").Replace(s)
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\t':
			return r
		case unicode.IsControl(r):
			return ' '
		case unicode.Is(unicode.Bidi_Control, r) || r == '\u200b' || r == '\ufeff' || r >= 0xfff9 && r <= 0xfffb:
			return -1
		}
		return r
	}, s)
}

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

// encoded is header text as it stands in a header: printable ASCII as it is, all else
// as encoded words. Text that only looks like an encoded word is encoded again.
func encoded(s string) string {
	if isASCII(s) && !strings.Contains(s, "=?") {
		return s
	}
	// RFC 2047: a word has at most 75 characters and holds whole characters. 56 of
	// them leave room for the field's name, so that the first line is never empty.
	const most = 56 - len("=?UTF-8?Q?") - len("?=")
	var words []string
	var word strings.Builder
	for _, r := range s {
		piece := quoted(r)
		if word.Len()+len(piece) > most {
			words = append(words, word.String())
			word.Reset()
		}
		word.WriteString(piece)
	}
	words = append(words, word.String())
	return "=?UTF-8?Q?" + strings.Join(words, "?= =?UTF-8?Q?") + "?="
}

// quoted is a character in the Q encoding, safe in a display name too.
func quoted(r rune) string {
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
	if word := encoded(name); word != name {
		return word + " <" + a.Address + ">"
	}
	return (&mail.Address{Name: name, Address: a.Address}).String()
}

// bareAddress is what may stand between the angle brackets of MAIL FROM and RCPT TO:
// a dot-atom at a host name. A quoted local part could smuggle a second address past
// a careless server (CVE-2025-59937), and nobody has one.
var bareAddress = regexp.MustCompile("^[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*@" +
	`[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?)*$`)

// checkAddress refuses an address that cannot go on the wire as it is.
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
