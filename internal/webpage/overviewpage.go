package webpage

import (
	"cmp"
	"net/http"
	"slices"
	"strings"
	"time"

	"rapport/internal/figuretable"
	"rapport/internal/ledger"
	"rapport/internal/status"
	"rapport/internal/text"
	"rapport/reportconfig"
)

const pageSize = 50

// A moment is a time as a person and a program read it.
type moment struct{ Text, ISO string }

func (v *visit) moment(t time.Time) moment {
	if t.IsZero() {
		return moment{}
	}
	return moment{v.words.DateTime(t.In(v.zone)), t.UTC().Format(time.RFC3339)}
}

func (v *visit) momentOf(t *time.Time) moment {
	if t == nil {
		return moment{}
	}
	return v.moment(*t)
}

// config is the account's, with all reports.
func (v *visit) config() *reportconfig.Config {
	c := *v.account.Config
	c.Reports = v.reports()
	return &c
}

type overviewData struct {
	Sentence, Level, Mark string
	Questions             []deliveryRow // that wait for a person
	Waiting               []deliveryRow // that are tried again
	Late                  []lateRow
	Alarms                []alarmRow
	Next                  []reportRow
	Recent                []periodRow
	Health                []healthRow
	Zone                  string
	Begun                 bool
}

type lateRow struct {
	ID, Report, Period, Why string
	Due                     moment
}

type alarmRow struct {
	Kind, Text string
	Since      moment
}

// sentence says it all in one, as rapport status does, but for the names of reports: what is wrong,
// else what comes next.
func sentenceOf(v *visit, how *status.Status) string {
	waiting, held, alarms := 0, 0, 0
	for _, m := range how.Messages {
		switch {
		case m.State == string(ledger.Held):
			held++
		case m.Level > status.OK:
			waiting++
		}
	}
	for _, a := range how.Alarms {
		if a.Level > status.OK {
			alarms++
		}
	}
	var parts []string
	for key, n := range map[string]int{"1.late": how.Overdue(), "2.waits": waiting, "3.held": held, "4.alarm": alarms} {
		if n > 0 {
			parts = append(parts, key[:1]+v.words.Count("page.sentence."+key[2:], int64(n)))
		}
	}
	slices.Sort(parts)
	for i := range parts {
		parts[i] = parts[i][1:]
	}
	if len(parts) > 0 {
		all := strings.Join(parts, ", ")
		return strings.ToUpper(all[:1]) + all[1:] + "."
	}
	var next *status.Report
	for i := range how.Reports {
		r := &how.Reports[i]
		if !r.Paused && !strings.HasPrefix(r.ID, "generate-") && (next == nil || r.NextDue.Before(next.NextDue)) {
			next = r
		}
	}
	if next == nil {
		return v.words.Word("page.sentence.well")
	}
	return v.words.Word("page.sentence.next", v.nameOfID(next.ID), v.moment(next.NextDue).Text)
}

func overview(v *visit) error {
	config := v.config()
	how, err := status.Read(v.Context(), config, v.account.Ledger, v.server.Now())
	if err != nil {
		return err
	}
	d := overviewData{Sentence: sentenceOf(v, how), Level: how.Level.String(), Zone: v.zone.String(), Mark: map[status.Level]string{status.OK: "✓", status.Waiting: "…", status.Failed: "!"}[how.Level]}
	if err := addOpen(v, &d, how); err != nil {
		return err
	}
	if n := len(d.Questions); n > 0 && how.Level == status.OK { // nothing stands still, and yet somebody did not get a report
		d.Sentence, d.Level, d.Mark = v.words.Count("page.sentence.thing", int64(n))+".", status.Waiting.String(), "!"
	}
	for _, r := range how.Reports {
		for _, l := range r.Late {
			d.Late = append(d.Late, lateRow{r.ID, cmp.Or(text.PrintableLine(r.Name), r.ID), l.Period, v.said(l.Why), v.moment(l.Due)})
		}
	}
	d.Late = d.Late[:min(len(d.Late), pageSize)]
	for _, a := range how.Alarms {
		if a.Level > status.OK && len(d.Alarms) < 20 {
			d.Alarms = append(d.Alarms, alarmRow{v.words.WordOr("alarm."+a.Kind, a.Kind), text.Limit(masked(v, a.Text), 600), v.moment(a.Since)})
		}
	}
	for _, r := range reportRowsOf(v, config, how) {
		if !r.Paused && len(d.Next) < 6 {
			d.Next = append(d.Next, r)
		}
	}
	made, err := v.account.Ledger.Periods(v.Context(), ledger.Filter{Account: config.Account, State: string(ledger.Made), Limit: 8})
	if err != nil {
		return err
	}
	for _, p := range made {
		row, err := periodRowOf(v, p)
		if err != nil {
			return err
		}
		if row.Report = v.nameOfID(p.Report); row.Net == "" {
			if row.Net, err = figuretable.Headline(v.Context(), v.account.Ledger, v.words, p.ID); err != nil {
				return err
			}
		}
		d.Recent = append(d.Recent, row)
	}
	size, err := v.account.Ledger.Size(v.Context())
	if err != nil {
		return err
	}
	d.Health, d.Begun = healthOf(v, how, size), len(made) > 0
	return v.show(http.StatusOK, "overview", v.words.Word("page.overview"), d)
}

// addOpen are the messages that are not settled: those that wait for a person, and those that are tried
// again. What was refused or given up in the last days is a question too.
func addOpen(v *visit, d *overviewData, how *status.Status) error {
	for _, m := range how.Messages {
		row, err := v.account.Ledger.Delivery(v.Context(), m.ID)
		if err != nil {
			return err
		}
		if len(d.Waiting)+len(d.Questions) >= pageSize {
			break
		}
		if row.State == ledger.Held {
			d.Questions = append(d.Questions, deliveryRowOf(v, row))
		} else {
			d.Waiting = append(d.Waiting, deliveryRowOf(v, row))
		}
	}
	for _, state := range []ledger.DeliveryState{ledger.Refused, ledger.Expired} {
		rows, err := v.account.Ledger.Deliveries(v.Context(), ledger.Filter{Account: v.account.Config.Account, State: string(state), Since: v.server.Now().Add(-questionLife), Limit: 10})
		if err != nil {
			return err
		}
		for _, row := range rows {
			d.Questions = append(d.Questions, deliveryRowOf(v, row))
		}
	}
	return nil
}

// questionLife is how long a refused message is asked about on the first page.
const questionLife = 14 * 24 * time.Hour

// nameOfID is how the report of an ID is called.
func (v *visit) nameOfID(id string) string {
	all := v.reports()
	for i := range all {
		if all[i].ID == id {
			return v.nameOf(&all[i])
		}
	}
	return id
}

type reportRow struct {
	ID, Name, Type, Schedule, Source, NextPeriod string
	Recipients                                   []string
	Next, Last                                   moment
	Paused, Late                                 bool
	due                                          time.Time
	whole                                        []string // the recipients, whoever looks
}

func reportRowsOf(v *visit, config *reportconfig.Config, how *status.Status) (rows []reportRow) {
	for i := range config.Reports {
		r := &config.Reports[i]
		if isGenerated(r) {
			continue
		}
		s := how.Reports[i]
		row := reportRow{
			ID: r.ID, Name: v.nameOf(r), Type: v.words.Word("title." + string(r.Data.DataType())), Schedule: v.words.Word("page.schedule." + string(r.Schedule)),
			Source: sourceOf(v, r), Next: v.moment(s.NextDue), NextPeriod: s.NextPeriod, Last: v.momentOf(s.LastSuccess), Paused: r.Paused, Late: len(s.Late) > 0, due: s.NextDue,
		}
		for _, to := range r.Emails {
			row.Recipients, row.whole = append(row.Recipients, v.shownAddress(to.Address)), append(row.whole, to.Address)
		}
		rows = append(rows, row)
	}
	slices.SortStableFunc(rows, func(a, b reportRow) int {
		if a.Paused != b.Paused {
			return map[bool]int{true: 1, false: -1}[a.Paused]
		}
		return a.due.Compare(b.due)
	})
	return rows
}
