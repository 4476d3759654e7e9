package webpage

import (
	"net/http"
	"slices"
	"strings"

	"rapport/internal/ledger"
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
		Answer: v.said(d.Answer), MessageID: d.MessageID, Queued: v.moment(d.QueuedAt), Last: v.moment(d.LastTry), Next: v.moment(d.NextTry), Finished: v.moment(d.FinishedAt), Attempts: d.Attempts,
		ReportName: v.nameOfID(d.Report), Words: v.periodWords(d.Schedule, d.From, d.To), Has: hasIt(d.State), Gone: !isRecipient(v, d),
		Bad: d.State == ledger.Refused || d.State == ledger.Expired || d.State == ledger.Held || d.State == ledger.Uncertain, Possible: ledger.Possible(d.State, d.Claimed),
	}
}

type deliveriesData struct {
	State, Report, Recipient, Period string
	States, Reports                  []choice
	Rows                             []deliveryRow
	Page                             pages
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

// mostWalked is how many periods are gone through for a page of messages, the newest first.
const mostWalked = 2000

// newestDeliveries is a page of messages. What most messages are is found by going through the newest
// periods; what few are, the ledger finds by its state.
func newestDeliveries(v *visit, f ledger.Filter) (rows []ledger.Delivery, err error) {
	f.Account = v.account.Config.Account
	if f.State == "" || f.State == string(ledger.Sent) {
		ids, enough, err := walkDeliveries(v, f)
		if err != nil {
			return nil, err
		}
		if enough {
			for _, id := range ids[min(f.Offset, len(ids)):] {
				row, err := v.account.Ledger.Delivery(v.Context(), id)
				if err != nil {
					return nil, err
				}
				rows = append(rows, row)
			}
			return rows, nil
		}
	}
	return v.account.Ledger.Deliveries(v.Context(), f)
}

// walkDeliveries finds the first of them, and tells whether there are enough, or no more.
func walkDeliveries(v *visit, f ledger.Filter) (ids []int64, enough bool, err error) {
	number := func(to *[]int64) func(columns func(dest ...any) error) error {
		return func(columns func(dest ...any) error) error {
			id := int64(0)
			err := columns(&id)
			*to = append(*to, id)
			return err
		}
	}
	err = v.account.Ledger.Read(v.Context(), func(tx ledger.Tx) error {
		ids, enough = nil, false
		var periods []int64
		err := tx.Each(number(&periods), `SELECT id FROM period WHERE account = ? AND (? = '' OR report = ?) AND (? = '' OR name = ?) ORDER BY due_at DESC, report LIMIT ?`,
			f.Account, f.Report, f.Report, f.Period, f.Period, mostWalked)
		for _, p := range periods {
			if err != nil || len(ids) >= f.Offset+f.Limit {
				break
			}
			err = tx.Each(number(&ids), `SELECT id FROM delivery WHERE period_id = ? AND (? = '' OR state = ?) AND (? = '' OR lower(recipient) = lower(?)) ORDER BY recipient, id`,
				p, f.State, f.State, f.Recipient, f.Recipient)
		}
		enough = len(ids) >= f.Offset+f.Limit || len(periods) < mostWalked
		ids = ids[:min(len(ids), f.Offset+f.Limit)]
		return err
	})
	return ids, enough, err
}

func deliveries(v *visit) error {
	q := v.URL.Query()
	d := deliveriesData{State: q.Get("state"), Report: q.Get("report"), Recipient: strings.TrimSpace(q.Get("recipient")), Period: strings.TrimSpace(q.Get("period")), Page: v.page()}
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
	rows, err := newestDeliveries(v, ledger.Filter{State: d.State, Report: d.Report, Recipient: d.Recipient, Period: d.Period, Limit: pageSize + 1, Offset: (d.Page.Number - 1) * pageSize})
	if err != nil {
		return err
	}
	d.Page.More = len(rows) > pageSize
	for _, row := range rows[:min(len(rows), pageSize)] {
		d.Rows = append(d.Rows, deliveryRowOf(v, row))
	}
	return v.show(http.StatusOK, "deliveries", v.words.Word("page.deliveries"), d)
}
