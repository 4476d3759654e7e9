package reportconfig

import (
	"errors"
	"fmt"
	"net/mail"
	"strings"
	"unicode/utf8"

	"rapport/internal/hostname"
	"rapport/internal/netaddress"
	"rapport/internal/yamltree"
)

// maxEmails is how many recipients one report may have.
const maxEmails = 50

// readEmails reads the recipients of a report.
func readEmails(v yamltree.Value) []mail.Address {
	items, ok := v.List()
	if !ok {
		return nil
	}
	if len(items) == 0 {
		v.Fault("leave the key out to only archive the report", "is an empty list, nobody would get the report")
	}
	var out []mail.Address
	byMailbox := map[string]yamltree.Value{}
	for i, item := range items {
		if i == maxEmails {
			item.Fault("use a mailing list", "is one recipient too many, a report has at most %d", maxEmails)
			break
		}
		a := ReadAddress(item)
		if a == nil {
			continue
		}
		mailbox := strings.ToLower(a.Address)
		if other, twice := byMailbox[mailbox]; twice {
			item.Fault("keep one of them", "is the same mailbox as %s", other.Path())
			continue
		}
		byMailbox[mailbox] = item
		out = append(out, *a)
	}
	return out
}

// ReadAddress reads one e-mail address, with or without a name: "Name <a@b.example>". It takes only what every relay
// understands and nothing could be smuggled through: no quoted local parts, no comments, no groups, ASCII. It returns nil if it is none.
func ReadAddress(v yamltree.Value) *mail.Address {
	s := v.Text()
	if s == "" {
		return nil
	}
	a, err := mail.ParseAddress(s)
	if err != nil || s != a.Address && !strings.HasSuffix(s, "<"+a.Address+">") {
		v.Fault(addressHint(s), "%s is not one plain e-mail address", yamltree.Quote(s))
		return nil
	}
	if r, ok := yamltree.InvalidRune(a.Name); ok {
		v.Fault("take it out", "the name holds the character U+%04X", r)
		return nil
	}
	if utf8.RuneCountInString(s) > 320 {
		v.Fault("shorten the name", "is longer than 320 characters")
		return nil
	}
	at := strings.LastIndexByte(a.Address, '@')
	if wrong, hint := mailboxFault(a.Address[:at], a.Address[at+1:]); wrong != "" {
		v.Fault(hint, "%s %s", yamltree.Quote(s), wrong)
		return nil
	}
	return a
}

// ParseAddress is ReadAddress of an address that stands in no file. The error says what is wrong with it.
func ParseAddress(s string) (*mail.Address, error) {
	doc := &yamltree.Document{Findings: &yamltree.Findings{}}
	a := ReadAddress(doc.Text(s, 0, 0, ""))
	for _, p := range doc.Findings.Faults() {
		return nil, errors.New(strings.TrimSuffix(p.Message+" — "+p.Hint, " — "))
	}
	return a, nil
}

func addressHint(s string) string {
	switch {
	case !isASCII(s) && !strings.Contains(s, "<"):
		return "an address is ASCII; a domain such as blåbær.no is written as xn--… (punycode)"
	case !strings.Contains(s, "@"):
		return "like ops@example.com"
	case strings.Count(s, "@") > 1:
		return "one address in each place; lists go one to a line"
	}
	return "like ops@example.com or Name <ops@example.com>"
}

// mailboxFault says what is wrong with an address, and what to do.
func mailboxFault(local, domain string) (wrong, hint string) {
	switch {
	case !isASCII(domain):
		return "has a domain that is not ASCII", "write the domain as xn--… (punycode), after checking that every letter is what it looks like"
	case !isASCII(local):
		return "has a local part that is not ASCII", "many servers refuse such addresses; use another one"
	case len(local) > 64 || len(local)+len(domain) > 253:
		return "is too long for an address", ""
	case !netaddress.IsDotAtom(local):
		return "has a local part that needs quoting", "use an address without spaces, quotes or brackets before the @"
	case !strings.Contains(domain, "."):
		return "has a domain without a dot", fmt.Sprintf("like %s@example.com", local)
	case !hostname.IsName(domain) || strings.Contains(domain, "_") || isDigits(domain[strings.LastIndexByte(domain, '.')+1:]):
		return "has a domain that cannot be one", "like example.com"
	}
	return "", ""
}
