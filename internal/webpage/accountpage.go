package webpage

import (
	"net/http"

	"rapport/internal/access"
	"rapport/internal/calendar"
	"rapport/internal/ledger/served"
	"rapport/internal/listpage"
	"rapport/internal/text"
)

type accountData struct {
	Role     string
	Zone     string   // the account's
	Chosen   string   // "": that one
	Zones    []string // that can be chosen
	All      bool     // of everybody, not of the person alone
	Sessions []sessionRow
	Page     listpage.Page
}

const sessionsShown = 20

type sessionRow struct {
	ID, Name, How, Address, Agent string
	Created, Seen                 moment
	This                          bool
}

// visible are the sessions that the person may end: an admin all of the account, others their own.
func (v *visit) visible() ([]served.Session, error) {
	var of *access.Person
	if v.role < admin {
		of = &v.person
	}
	return v.server.gate.Sessions(v.Context(), v.account.Config.Account, of)
}

func ownAccount(v *visit) error {
	sessions, err := v.visible()
	if err != nil {
		return err
	}
	d := accountData{Role: v.words.Word("page.role." + string(v.person.Roles[v.account.Config.Account])), Zone: v.account.Config.Timezone, Chosen: v.chosen.Zone, Zones: calendar.Zones(), All: v.role >= admin}
	d.Page = listpage.Of(v.URL.Query())
	sessions, d.Page.More = listpage.Slice(sessions, d.Page.Number, sessionsShown)
	for _, s := range sessions {
		d.Sessions = append(d.Sessions, sessionRow{
			s.ID, text.PrintableLine(s.Name), v.words.Word("page.by." + s.How), s.Address, text.Limit(text.PrintableLine(s.Agent), 120), v.moment(s.Created), v.moment(s.Seen), s.ID == v.session.ID,
		})
	}
	return v.show(http.StatusOK, "account", v.words.Word("page.account"), d)
}

// endSession ends a session that the person may end. One that is over already is no fault.
func endSession(v *visit) error {
	sessions, err := v.visible()
	if err != nil {
		return err
	}
	for _, s := range sessions {
		if s.ID != v.PathValue("id") {
			continue
		}
		if err := v.server.gate.End(v.Context(), s.ID, v.act("end session", "session of "+s.Name)); err != nil {
			return err
		}
	}
	return v.done("/account", "session")
}
