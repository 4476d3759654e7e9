// Package pagesettings reads and writes what a person chose of the pages, as a session keeps it. It
// refuses nothing: a word that it does not know is left out, and who uses a choice judges it.
package pagesettings

import "strings"

// Settings are what a person chose; what is "" is as the browser or the account has it.
type Settings struct {
	Language, Zone string
	Account        string // of those that the person has a role in; "": the first
	Quiet          bool   // keys do nothing but what a browser does
}

// Read reads what String writes.
func Read(text string) (s Settings) {
	for _, one := range strings.Fields(text) {
		key, value, _ := strings.Cut(one, "=")
		switch {
		case key == "zone":
			s.Zone = value
		case key == "account":
			s.Account = value
		case one == "no" || one == "en":
			s.Language = one
		case one == "quiet":
			s.Quiet = true
		}
	}
	return s
}

// String is what Read reads.
func (s Settings) String() string {
	text := s.Language
	if s.Zone != "" {
		text += " zone=" + s.Zone
	}
	if s.Account != "" {
		text += " account=" + s.Account
	}
	if s.Quiet {
		text += " quiet"
	}
	return text
}
