package webpage

import (
	"cmp"
	"net/http"
	"slices"
	"strings"
	"time"

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
	return moment{v.words.DateTime(t.In(v.account.Config.Location)), t.UTC().Format(time.RFC3339)}
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
	c.Reports = v.account.Reports()
	return &c
}

type overviewData struct {
	Sentence, Level string
	Waiting, Recent []deliveryRow
	Late            []lateRow
	Alarms          []alarmRow
	Next            []reportRow
	Zone            string
}

type lateRow struct {
	Report, Period, Why string
	Due                 moment
}

type alarmRow struct {
	Text  string
	Since moment
}

func overview(v *visit) error {
	config := v.config()
	how, err := status.Read(v.Context(), config, v.account.Ledger, v.server.Now())
	if err != nil {
		return err
	}
	d := overviewData{Sentence: how.Sentence, Level: how.Level.String(), Zone: config.Timezone}
	for _, m := range how.Messages {
		row, err := v.account.Ledger.Delivery(v.Context(), m.ID)
		if err != nil {
			return err
		}
		if d.Waiting = append(d.Waiting, v.row(row)); len(d.Waiting) >= pageSize {
			break
		}
	}
	for _, r := range how.Reports {
		for _, l := range r.Late {
			d.Late = append(d.Late, lateRow{r.ID, l.Period, l.Why, v.moment(l.Due)})
		}
	}
	for _, a := range how.Alarms {
		if a.Level > status.OK {
			d.Alarms = append(d.Alarms, alarmRow{a.Text, v.moment(a.Since)})
		}
	}
	for _, r := range v.reportRows(config, how) {
		if !r.Paused && len(d.Next) < 5 {
			d.Next = append(d.Next, r)
		}
	}
	sent, err := v.account.Ledger.Deliveries(v.Context(), ledger.Filter{Account: config.Account, State: string(ledger.Sent), Limit: 10})
	if err != nil {
		return err
	}
	for _, row := range sent {
		d.Recent = append(d.Recent, v.row(row))
	}
	return v.show(http.StatusOK, "overview", v.words.Word("page.overview"), d)
}

type reportRow struct {
	ID, Name, Type, Schedule, Source, NextPeriod string
	Recipients                                   []string
	Next, Last                                   moment
	Paused                                       bool
	due                                          time.Time
}

func (v *visit) reportRows(config *reportconfig.Config, how *status.Status) (rows []reportRow) {
	for i := range config.Reports {
		r := &config.Reports[i]
		if strings.HasPrefix(r.ID, "generate-") {
			continue
		}
		s := how.Reports[i]
		row := reportRow{
			ID: r.ID, Name: r.Name, Type: v.words.Word("title." + string(r.Data.DataType())), Schedule: v.words.Word("page.schedule." + string(r.Schedule)),
			Source: r.Source, Next: v.moment(s.NextDue), NextPeriod: s.NextPeriod, Last: v.momentOf(s.LastSuccess), Paused: r.Paused, due: s.NextDue,
		}
		row.Name = cmp.Or(row.Name, row.Type)
		row.Source = cmp.Or(row.Source, "API")
		for _, to := range r.Emails {
			row.Recipients = append(row.Recipients, to.Address)
		}
		rows = append(rows, row)
	}
	slices.SortStableFunc(rows, func(a, b reportRow) int { return a.due.Compare(b.due) })
	return rows
}

func reports(v *visit) error {
	config := v.config()
	how, err := status.Read(v.Context(), config, v.account.Ledger, v.server.Now())
	if err != nil {
		return err
	}
	return v.show(http.StatusOK, "reports", v.words.Word("page.reports"), v.reportRows(config, how))
}

// A deliveryRow is one message to one person.
type deliveryRow struct {
	ID, PeriodID                                              int64
	Report, Period, Recipient, State, Word, Answer, MessageID string
	Queued, Last, Next, Finished                              moment
	Attempts                                                  int
	Possible                                                  []string
}

func (v *visit) row(d ledger.Delivery) deliveryRow {
	return deliveryRow{
		ID: d.ID, PeriodID: d.PeriodID, Report: d.Report, Period: d.Period, Recipient: d.Recipient, State: string(d.State), Word: v.words.Word("page.state." + string(d.State)),
		Answer: text.PrintableLine(d.Answer), MessageID: d.MessageID, Queued: v.moment(d.QueuedAt), Last: v.moment(d.LastTry), Next: v.moment(d.NextTry), Finished: v.moment(d.FinishedAt), Attempts: d.Attempts,
		Possible: ledger.Possible(d.State, d.Claimed),
	}
}

type deliveriesData struct {
	State, Report, Recipient string
	States                   []stateChoice
	Rows                     []deliveryRow
	More                     bool
}

type stateChoice struct{ Value, Word string }

func deliveryStates() []ledger.DeliveryState {
	return []ledger.DeliveryState{ledger.Queued, ledger.Sending, ledger.Deferred, ledger.Uncertain, ledger.Held, ledger.Sent, ledger.Refused, ledger.Expired, ledger.CancelledDelivery, ledger.Closed}
}

func deliveries(v *visit) error {
	q := v.URL.Query()
	d := deliveriesData{State: q.Get("state"), Report: q.Get("report"), Recipient: strings.TrimSpace(q.Get("recipient"))}
	for _, s := range deliveryStates() {
		d.States = append(d.States, stateChoice{string(s), v.words.Word("page.state." + string(s))})
	}
	rows, err := v.account.Ledger.Deliveries(v.Context(), ledger.Filter{Account: v.account.Config.Account, State: d.State, Report: d.Report, Recipient: d.Recipient, Limit: pageSize + 1})
	if err != nil {
		return err
	}
	d.More = len(rows) > pageSize
	for _, row := range rows[:min(len(rows), pageSize)] {
		d.Rows = append(d.Rows, v.row(row))
	}
	return v.show(http.StatusOK, "deliveries", v.words.Word("page.deliveries"), d)
}
