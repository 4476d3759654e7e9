package webpage

import (
	"cmp"
	"crypto/hmac"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"rapport/internal/agenda"
	"rapport/internal/ledger"
	"rapport/internal/ledger/served"
	"rapport/internal/listpage"
	"rapport/internal/text"
	"rapport/locales"
)

const (
	daysAhead    = 31
	mostUpcoming = 2000
	// A page has fewer.
	upcomingShown = 100
	pausedShown   = 30
)

// agendaData is what comes in the next days, and what was skipped.
type agendaData struct {
	Days    []agendaDay
	Paused  []reportRow
	Skipped []periodRow
	Zone    string
	Link    string // of a calendar for other programs
	Page    listpage.Page
}

type agendaDay struct {
	Words string
	ISO   string
	Rows  []agendaRow
}

type agendaRow struct {
	ID, Name, Period string
	At               moment
	Clock            string
	Recipients       int
	due              time.Time
}

func showAgenda(v *visit) error {
	now := v.server.Now()
	d := agendaData{Zone: v.zone.String()}
	var all []agendaRow
	reports := v.reports()
	for i := range reports {
		if r := &reports[i]; r.Paused && !isGenerated(r) {
			d.Paused = append(d.Paused, reportRow{ID: r.ID, Name: v.nameOf(r)})
		}
	}
	d.Page = listpage.Of(v.URL.Query())
	ahead, more := listpage.Slice(upcoming(v), d.Page.Number, upcomingShown)
	d.Page.More, d.Paused = more, d.Paused[:min(len(d.Paused), pausedShown)]
	for _, due := range ahead {
		r, p := due.Report, due.Period
		all = append(all, agendaRow{r.ID, v.nameOf(r), v.periodWords(string(r.Schedule), p.From, p.To), v.moment(due.At), due.At.In(v.zone).Format("15:04"), len(r.Emails), due.At})
	}
	for _, row := range all {
		day := row.due.In(v.zone).Format(time.DateOnly)
		if n := len(d.Days); n == 0 || d.Days[n-1].ISO != day {
			words := v.words.LongDate(row.due.In(v.zone))
			d.Days = append(d.Days, agendaDay{Words: strings.ToUpper(words[:1]) + words[1:], ISO: day})
		}
		last := &d.Days[len(d.Days)-1]
		last.Rows = append(last.Rows, row)
	}
	skipped, err := v.account.Ledger.Periods(v.Context(), ledger.Filter{Account: v.account.Config.Account, State: string(ledger.Skipped), Limit: 20})
	if err != nil {
		return err
	}
	for _, p := range skipped {
		row, err := periodRowOf(v, p)
		if err != nil {
			return err
		}
		row.Why = text.Limit(row.Why, 150)
		d.Skipped = append(d.Skipped, row)
	}
	key, err := served.Of(v.account.Ledger).SigningKey(v.Context(), served.KeyOfCalendars, v.server.Random, now)
	if err != nil {
		return err
	}
	account := v.account.Config.Account
	d.Link = "/calendar.ics?" + url.Values{"account": {account}, "language": {v.lang}, "signature": {agenda.Sign(key, account, v.lang)}}.Encode()
	return v.show(http.StatusOK, "calendar", v.words.Word("page.calendar"), d)
}

func upcoming(v *visit) []agenda.Due {
	now := v.server.Now()
	return agenda.Upcoming(v.reports(), now, now.AddDate(0, 0, daysAhead), v.account.Config.Location, mostUpcoming)
}

// calendarFile is the agenda for other programs: who has the link is not asked who they are.
func calendarFile(v *visit) error {
	q := v.URL.Query()
	i := slices.IndexFunc(v.server.accounts, func(a Account) bool { return a.Config.Account == q.Get("account") })
	words, err := locales.For(q.Get("language"))
	if i < 0 || err != nil {
		return errNotFound
	}
	own := &visit{Request: v.Request, server: v.server, account: &v.server.accounts[i], words: words}
	return own.account.Use(func() error {
		config := own.account.Config
		key, err := served.Of(own.account.Ledger).SigningKey(v.Context(), served.KeyOfCalendars, v.server.Random, v.server.Now())
		if err != nil {
			return err
		}
		if !hmac.Equal([]byte(q.Get("signature")), []byte(agenda.Sign(key, config.Account, q.Get("language")))) {
			return errNotFound
		}
		var events []agenda.Event
		for _, due := range upcoming(own) {
			r, p := due.Report, due.Period
			events = append(events, agenda.Event{ID: config.Account + " " + r.ID + " " + p.String(), Summary: own.nameOf(r) + ", " + own.periodWords(string(r.Schedule), p.From, p.To), At: due.At})
		}
		v.writer.Header().Set("Content-Type", "text/calendar; charset=utf-8")
		_ = agenda.Write(v.writer, text.PrintableLine("Rapport – "+cmp.Or(config.Organization.Name, config.Account)), v.server.Now(), events) // who asked may have gone
		return nil
	})
}
