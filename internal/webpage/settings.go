package webpage

import (
	"cmp"
	"net/http"
	"slices"
	"strings"

	"rapport/internal/calendar"
	"rapport/internal/ledger/served"
	"rapport/internal/pagesettings"
	"rapport/internal/text"
)

// keepSettings keeps what a person chose, and leads to a page.
func keepSettings(v *visit, s pagesettings.Settings, to string) error {
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
	if s.Language = v.FormValue("language"); s.Language != "no" && s.Language != "en" {
		return errNotFound
	}
	return keepSettings(v, s, "/")
}

func chooseKeys(v *visit) error {
	s := v.chosen
	s.Quiet = v.FormValue("keys") == "off"
	return keepSettings(v, s, "/account?done=keys")
}

// chooseZone has times shown in another zone than the account's. Periods stay the account's.
func chooseZone(v *visit) error {
	s := v.chosen
	if s.Zone = strings.TrimSpace(v.FormValue("zone")); s.Zone != "" && !slices.Contains(calendar.Zones(), s.Zone) {
		v.problem(http.StatusBadRequest, "page.fault.zone")
		return nil
	}
	return keepSettings(v, s, "/account?done=keys")
}

// chooseAccount leads to the pages of another account of those that the person has a role in.
func chooseAccount(v *visit) error {
	s := v.chosen
	if s.Account = v.FormValue("account"); !slices.ContainsFunc(v.ownAccounts(), func(c choice) bool { return c.Value == s.Account }) {
		return errNotFound
	}
	return keepSettings(v, s, "/")
}

// ownAccounts are those that the person has a role in, by name.
func (v *visit) ownAccounts() (all []choice) {
	for i := range v.server.accounts {
		if a := v.server.accounts[i].Config; v.person.Roles[a.Account] != "" {
			all = append(all, choice{a.Account, cmp.Or(text.PrintableLine(a.Organization.Name), a.Account), a == v.account.Config})
		}
	}
	return all
}
