package webpage

import (
	"net/http"
	"os"
	"strconv"
	"strings"
	"time"

	"rapport/internal/ledger"
	"rapport/internal/status"
	"rapport/internal/text"
)

// A healthRow is one of the parts that everything depends on.
type healthRow struct {
	Name, Word, What string
	At               moment
	Bad              bool
}

type systemData struct {
	Version, Sentence, Level string
	Health                   []healthRow
	Alarms                   []alarmRow
	Counts                   []fact
	Settings                 []fact
	Clients                  []clientRow
	Warnings                 []string
	Processes                []processRow
	Hooks                    []hookRow
}

type clientRow struct{ ID, Scopes string }

// healthOf are source, relay, ledger, archive and clock, by what happened last and which alarms are open.
func healthOf(v *visit, how *status.Status, size int64) []healthRow {
	open := map[string]status.Alarm{}
	for _, a := range how.Alarms {
		if a.Level > status.OK {
			open[a.Kind] = a
		}
	}
	row := func(name, what string, at *time.Time, kinds ...string) healthRow {
		r := healthRow{Name: v.words.Word("page.health." + name), Word: v.words.Word("page.in_order"), What: what, At: v.momentOf(at)}
		for _, kind := range kinds {
			if a, is := open[kind]; is {
				since := a.Since
				return healthRow{r.Name, v.words.Word("alarm." + kind), masked(v, a.Text), v.momentOf(&since), true}
			}
		}
		return r
	}
	config := v.account.Config
	source := "Dintero"
	switch {
	case config.Source.Files != nil:
		source = v.words.Word("page.source.files")
	case config.Source.Sandbox != nil:
		source = v.words.Word("page.source.sandbox")
	}
	relay := v.words.Word("page.no_mail")
	switch {
	case config.Mail.SMTP != nil:
		relay = config.Mail.SMTP.Host + ":" + strconv.Itoa(config.Mail.SMTP.Port)
	case config.Mail.Outbox != "":
		relay = v.words.Word("page.outbox")
	}
	book := "SQLite, " + text.Size(size, v.words.DecimalMark())
	if config.Database != nil {
		book = "PostgreSQL, " + text.Size(size, v.words.DecimalMark())
	}
	archive := row("archive", config.Archive, nil, ledger.AlarmArchive)
	if _, err := os.Stat(config.Archive); err != nil && !os.IsNotExist(err) {
		archive.Bad, archive.Word, archive.What = true, v.words.Word("alarm.archive"), err.Error()
	}
	return []healthRow{
		row("source", source, how.LastRead, "source"), row("relay", relay, how.LastSent, "relay"), row("ledger", book, nil, "restored"), archive,
		row("clock", config.Timezone, nil, "clock", "clock_differs"),
	}
}

func system(v *visit) error {
	config := v.config()
	how, err := status.Read(v.Context(), config, v.account.Ledger, v.server.Now())
	if err != nil {
		return err
	}
	size, err := v.account.Ledger.Size(v.Context())
	if err != nil {
		return err
	}
	stats, err := v.account.Ledger.Stats(v.Context(), config.Account)
	if err != nil {
		return err
	}
	d := systemData{Version: v.server.Version, Sentence: sentenceOf(v, how), Level: how.Level.String(), Health: healthOf(v, how, size)}
	for _, a := range how.Alarms {
		d.Alarms = append(d.Alarms, alarmRow{v.words.WordOr("alarm."+a.Kind, a.Kind), masked(v, a.Text), v.moment(a.Since)})
	}
	d.Counts = append(d.Counts, fact{v.words.Word("page.period.owed"), strconv.Itoa(stats.Owed)})
	for _, s := range deliveryStates() {
		if n := stats.Deliveries[s]; n > 0 {
			d.Counts = append(d.Counts, fact{v.words.Word("page.state." + string(s)), v.words.Int(int64(n))})
		}
	}
	d.Settings = []fact{
		{v.words.Word("page.set.account"), config.Account}, {v.words.Word("page.set.file"), config.Path}, {v.words.Word("page.set.zone"), config.Timezone},
		{v.words.Word("page.set.archive"), config.Archive}, {v.words.Word("page.set.catchup"), v.days(config.Catchup)}, {v.words.Word("page.set.retention"), v.days(config.Retention)},
		{v.words.Word("page.set.version"), v.server.Version},
	}
	if config.Mail.From != nil {
		d.Settings = append(d.Settings, fact{v.words.Word("page.set.from"), v.said(config.Mail.From.String())})
	}
	if config.Operator.Address != nil {
		d.Settings = append(d.Settings, fact{v.words.Word("page.set.operator"), v.shownAddress(config.Operator.Address.Address)})
	}
	if config.Operator.AlarmURL != "" {
		d.Settings = append(d.Settings, fact{v.words.Word("page.set.alarm_url"), "•••"})
	}
	for _, w := range config.Warnings {
		d.Warnings = append(d.Warnings, v.said(w.String()))
	}
	if config.Web != nil && v.role >= admin {
		for _, c := range config.Web.Clients {
			var scopes []string
			for _, s := range c.Scopes {
				scopes = append(scopes, string(s))
			}
			d.Clients = append(d.Clients, clientRow{c.ID, strings.Join(scopes, " ")})
		}
	}
	if d.Processes, err = processRowsOf(v); err != nil {
		return err
	}
	if d.Hooks, err = hookRowsOf(v); err != nil {
		return err
	}
	return v.show(http.StatusOK, "system", v.words.Word("page.system"), d)
}

// days is a length in whole days.
func (v *visit) days(d time.Duration) string {
	return v.words.Count("page.days", int64(d/(24*time.Hour)))
}
