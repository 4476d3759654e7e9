package reportconfig

import (
	"fmt"
	"net/mail"
	"strings"
	"unicode/utf8"
)

// maxEmails is how many recipients one report may have.
const maxEmails = 50

// emails reads the recipients of a report.
func (v value) emails() []mail.Address {
	items, ok := v.list()
	if !ok {
		return nil
	}
	if len(items) == 0 {
		v.fault("leave the key out to only archive the report", "is an empty list, nobody would get the report")
	}
	var out []mail.Address
	first := map[string]value{}
	for i, item := range items {
		if i == maxEmails {
			item.fault("use a mailing list", "is one recipient too many, a report has at most %d", maxEmails)
			break
		}
		a, ok := item.address()
		if !ok {
			continue
		}
		box := strings.ToLower(a.Address)
		if before, twice := first[box]; twice {
			item.fault("keep one of them", "is the same mailbox as %s", before.path)
			continue
		}
		first[box] = item
		out = append(out, *a)
	}
	return out
}

// address reads one e-mail address, with or without a name: "Name <a@b.example>". It takes only what every relay
// understands and nothing could be smuggled through: no quoted local parts, no comments, no groups, ASCII.
func (v value) address() (*mail.Address, bool) {
	s, ok := v.text()
	if !ok {
		return nil, false
	}
	a, err := mail.ParseAddress(s)
	if err != nil || s != a.Address && !strings.HasSuffix(s, "<"+a.Address+">") {
		v.fault(addressHint(s), "%s is not one plain e-mail address", quote(s))
		return nil, false
	}
	if r, ok := stray(a.Name); ok {
		v.fault("take it out", "the name holds the character U+%04X", r)
		return nil, false
	}
	if utf8.RuneCountInString(s) > 320 {
		v.fault("shorten the name", "is longer than 320 characters")
		return nil, false
	}
	at := strings.LastIndexByte(a.Address, '@')
	if wrong, hint := wrongMailbox(a.Address[:at], a.Address[at+1:]); wrong != "" {
		v.fault(hint, "%s %s", quote(s), wrong)
		return nil, false
	}
	return a, true
}

func addressHint(s string) string {
	switch {
	case !ascii(s) && !strings.Contains(s, "<"):
		return "an address is ASCII; a domain such as blåbær.no is written as xn--… (punycode)"
	case !strings.Contains(s, "@"):
		return "like ops@example.com"
	case strings.Count(s, "@") > 1:
		return "one address in each place; lists go one to a line"
	}
	return "like ops@example.com or Name <ops@example.com>"
}

// wrongMailbox says what is wrong with an address, and what to do.
func wrongMailbox(local, domain string) (wrong, hint string) {
	switch {
	case !ascii(domain):
		return "has a domain that is not ASCII", "write the domain as xn--… (punycode), after checking that every letter is what it looks like"
	case !ascii(local):
		return "has a local part that is not ASCII", "many servers refuse such addresses; use another one"
	case len(local) > 64 || len(local)+len(domain) > 253:
		return "is too long for an address", ""
	case !dotAtom(local):
		return "has a local part that needs quoting", "use an address without spaces, quotes or brackets before the @"
	case !strings.Contains(domain, "."):
		return "has a domain without a dot", fmt.Sprintf("like %s@example.com", local)
	case !hostName(domain) || strings.Contains(domain, "_") || digits(domain[strings.LastIndexByte(domain, '.')+1:]):
		return "has a domain that cannot be one", "like example.com"
	}
	return "", ""
}

// dotAtom tells whether local needs no quoting in an address (RFC 5322, 3.2.3).
func dotAtom(local string) bool {
	for atom := range strings.SplitSeq(local, ".") {
		if atom == "" {
			return false
		}
		for i := range len(atom) {
			if !alphanumeric(atom[i]) && !strings.ContainsRune("!#$%&'*+-/=?^_`{|}~", rune(atom[i])) {
				return false
			}
		}
	}
	return true
}

func ascii(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}
