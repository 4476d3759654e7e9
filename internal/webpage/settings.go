package webpage

import (
	"net/http"
	"slices"
	"strings"

	"rapport/internal/calendar"
	"rapport/internal/ledger/served"
)

// settings are what a person chose of the pages; what is "" is as the browser or the account has it.
type settings struct {
	language, zone string
	quiet          bool // keys do nothing but what a browser does
}

func readSettings(text string) (s settings) {
	for _, one := range strings.Fields(text) {
		switch zone, isZone := strings.CutPrefix(one, "zone="); {
		case isZone:
			s.zone = zone
		case one == "no" || one == "en":
			s.language = one
		case one == "quiet":
			s.quiet = true
		}
	}
	return s
}

// String is what readSettings reads.
func (s settings) String() string {
	text := s.language
	if s.zone != "" {
		text += " zone=" + s.zone
	}
	if s.quiet {
		text += " quiet"
	}
	return text
}

// keepSettings keeps what a person chose, and leads to a page.
func keepSettings(v *visit, s settings, to string) error {
	home := &v.server.accounts[v.person.Home]
	err := home.Use(func() error {
		return served.Of(home.Ledger).SeeSession(v.Context(), v.session.ID, v.server.Now(), s.String())
	})
	if err == nil {
		http.Redirect(v.writer, v.Request, to, http.StatusSeeOther)
	}
	return err
}

func chooseLanguage(v *visit) error {
	s := v.chosen
	if s.language = v.FormValue("language"); s.language != "no" && s.language != "en" {
		return errNotFound
	}
	return keepSettings(v, s, "/")
}

func chooseKeys(v *visit) error {
	s := v.chosen
	s.quiet = v.FormValue("keys") == "off"
	return keepSettings(v, s, "/account?done=keys")
}

// chooseZone has times shown in another zone than the account's. Periods stay the account's.
func chooseZone(v *visit) error {
	s := v.chosen
	if s.zone = strings.TrimSpace(v.FormValue("zone")); s.zone != "" && !slices.Contains(calendar.Zones(), s.zone) {
		v.problem(http.StatusBadRequest, "page.fault.zone")
		return nil
	}
	return keepSettings(v, s, "/account?done=keys")
}
