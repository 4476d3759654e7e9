package webpage

import (
	"net/http"
	"slices"
	"strings"

	"rapport/internal/deliverysearch"
	"rapport/internal/ledger"
	"rapport/internal/listpage"
	"rapport/internal/maskedaddress"
	"rapport/internal/text"
)

// A deliveryRow is one message to one person.
type deliveryRow struct {
	ID, PeriodID                                              int64
	Report, Period, Recipient, State, Word, Answer, MessageID string
	ReportName, Words                                         string
	Bad, Has                                                  bool // it failed; who it is to has it, or may
	Gone                                                      bool // who it is to is no recipient any more
	Queued, Last, Next, Finished                              moment
	Attempts                                                  int
	Possible                                                  []string
}

func deliveryRowOf(v *visit, d ledger.Delivery) deliveryRow {
	return deliveryRow{
		ID: d.ID, PeriodID: d.PeriodID, Report: d.Report, Period: d.Period, Recipient: v.shownAddress(d.Recipient), State: string(d.State), Word: v.words.Word("page.state." + string(d.State)),
		Answer: text.Limit(v.said(d.Answer), 120), MessageID: d.MessageID, Queued: v.moment(d.QueuedAt), Last: v.moment(d.LastTry), Next: v.moment(d.NextTry), Finished: v.moment(d.FinishedAt), Attempts: d.Attempts,
		ReportName: v.nameOfID(d.Report), Words: v.periodWords(d.Schedule, d.From, d.To), Has: hasIt(d.State), Gone: !isRecipient(v, d),
		Bad: d.State == ledger.Refused || d.State == ledger.Expired || d.State == ledger.Held || d.State == ledger.Uncertain, Possible: ledger.Possible(d.State, d.Claimed),
	}
}

type deliveriesData struct {
	State, Report, Recipient, Period string
	States, Reports                  []choice
	Rows                             []deliveryRow
	Page                             listpage.Page
}

// shownAddress is a recipient's, which who only looks sees in part.
func (v *visit) shownAddress(address string) string {
	if v.role >= operator {
		return address
	}
	return maskedaddress.Of(address)
}

// said is a line of what somebody or some program said; who only looks sees no address in it.
func (v *visit) said(line string) string { return masked(v, text.PrintableLine(line)) }

func masked(v *visit, s string) string {
	if v.role >= operator {
		return s
	}
	return maskedaddress.In(s)
}

// mostChoices is how many reports are offered to choose from.
const mostChoices = 200

func deliveryStates() []ledger.DeliveryState {
	return []ledger.DeliveryState{ledger.Queued, ledger.Sending, ledger.Deferred, ledger.Uncertain, ledger.Held, ledger.Sent, ledger.Refused, ledger.Expired, ledger.CancelledDelivery, ledger.Closed}
}

func deliveries(v *visit) error {
	q := v.URL.Query()
	d := deliveriesData{State: q.Get("state"), Report: q.Get("report"), Recipient: strings.TrimSpace(q.Get("recipient")), Period: strings.TrimSpace(q.Get("period")), Page: listpage.Of(v.URL.Query())}
	if v.role < operator {
		d.Recipient = "" // whether an address is among them is not told either
	}
	all := v.reports()
	for i := range all {
		if !isGenerated(&all[i]) || all[i].ID == d.Report {
			d.Reports = append(d.Reports, choice{all[i].ID, v.nameOf(&all[i]), all[i].ID == d.Report})
		}
	}
	if len(d.Reports) > mostChoices || d.Report != "" && !slices.ContainsFunc(d.Reports, func(c choice) bool { return c.Chosen }) {
		d.Reports = nil // then it is typed
	}
	for _, s := range deliveryStates() {
		d.States = append(d.States, choice{string(s), v.words.Word("page.state." + string(s)), string(s) == d.State})
	}
	rows, err := deliverysearch.Newest(v.Context(), v.account.Ledger, ledger.Filter{Account: v.account.Config.Account, State: d.State, Report: d.Report, Recipient: d.Recipient, Period: d.Period, Limit: pageSize + 1, Offset: (d.Page.Number - 1) * pageSize})
	if err != nil {
		return err
	}
	d.Page.More = len(rows) > pageSize
	for _, row := range rows[:min(len(rows), pageSize)] {
		d.Rows = append(d.Rows, deliveryRowOf(v, row))
	}
	return v.show(http.StatusOK, "deliveries", v.words.Word("page.deliveries"), d)
}
