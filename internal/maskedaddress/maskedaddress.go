// Package maskedaddress hides whose a mail address is, and keeps where it is: p•••@example.com, in an
// address and in any text. It refuses to tell a recipient's address from another's: all are hidden.
package maskedaddress

import (
	"regexp"
	"strings"
	"unicode/utf8"
)

const hidden = "•••"

// Of is an address of which the name is hidden but for its first letter. What is no address stays.
func Of(address string) string {
	at := strings.LastIndexByte(address, '@')
	if at < 1 {
		return address
	}
	_, first := utf8.DecodeRuneInString(address)
	return address[:first] + hidden + address[at:]
}

// address finds what would be delivered: a name, quoted or not, and a domain or an address of a machine.
var address = regexp.MustCompile("(?:\"(?:[^\"\\\\\r\n]|\\\\.)+\"|[\\p{L}\\p{N}\\p{M}.!#$%&'*+/=?^_`{|}~-]+)@(?:[\\p{L}\\p{N}]|\\[)[\\p{L}\\p{N}\\p{M}.:-]*\\]?")

// In is a text of which each address is hidden.
func In(text string) string {
	if !strings.Contains(text, "@") {
		return text
	}
	return address.ReplaceAllStringFunc(text, Of)
}
