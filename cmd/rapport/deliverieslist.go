package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"rapport/internal/builder"
	"rapport/internal/ledger"
	"rapport/internal/status"
	"rapport/internal/text"
	"rapport/reportconfig"
)

// newest is how many lines are shown unless all are asked for.
const newest = 100

// list shows the deliveries, and the periods that were not made.
func (d *deliveries) list(ctx context.Context, filter ledger.Filter) error {
	rows, err := d.ledger.Deliveries(ctx, filter)
	if err != nil {
		return ledgerExit(err, builder.Outcome{})
	}
	var unmade []ledger.Period
	if d.recipient == "" {
		filter.Unmade = true // in the query, where the limit is: what was made must not fill it
		if unmade, err = d.ledger.Periods(ctx, filter); err != nil {
			return ledgerExit(err, builder.Outcome{})
		}
	}
	more := false
	if !d.all {
		more = len(rows) > newest || len(unmade) > newest
		rows, unmade = rows[:min(len(rows), newest)], unmade[:min(len(unmade), newest)]
	}
	if d.json {
		err = writeJSON(d.stdout, rows, unmade)
	} else {
		err = writeTable(d.stdout, d.config, rows, unmade)
	}
	if err == nil && more {
		fmt.Fprintf(d.stderr, "rapport: page %d of %d each; --page %d goes on, --all shows all\n", d.page, newest, d.page+1)
	}
	return err
}

// writeTable is for a person: the deliveries, then the periods that were not made.
func writeTable(w io.Writer, config *reportconfig.Config, rows []ledger.Delivery, periods []ledger.Period) error {
	local := localTime(config)
	var out []string
	if len(rows) > 0 {
		table, details := [][]string{{"ID", "REPORT", "PERIOD", "RECIPIENT", "STATE", "WHEN", "TRIES"}}, []string{"ANSWER"}
		for _, d := range rows {
			table = append(table, []string{fmt.Sprint(d.ID), text.Limit(d.Report, 18), periodText(d.Period, correctionOf(d.Remake, d.Edition)), text.Limit(d.Recipient, 24), string(d.State), local(when(d)), fmt.Sprint(d.Attempts)})
			details = append(details, again(local(d.NextTry), d.Answer))
		}
		out = append(out, withDetails(table, details, func(i int) bool { return i == 0 || rows[i-1].State == ledger.Sent })...)
	}
	if len(periods) > 0 {
		if len(rows) > 0 {
			out = append(out, "")
		}
		table, details := [][]string{{"REPORT", "PERIOD", "STATE", "DUE", "TRIES"}}, []string{"WHY"}
		for _, p := range periods {
			table = append(table, []string{text.Limit(p.Report, 30), periodText(p.Name, correctionOf(p.Remake, p.Edition)), string(p.State), local(p.Due), fmt.Sprint(p.Attempts)})
			details = append(details, again(local(p.NextTry), p.Error))
		}
		out = append(out, withDetails(table, details, func(i int) bool { return i == 0 })...)
	}
	if len(out) == 0 {
		out = append(out, "nothing")
	}
	_, err := fmt.Fprintln(w, strings.Join(out, "\n"))
	return err
}

func localTime(config *reportconfig.Config) func(time.Time) string {
	return func(t time.Time) string {
		if t.IsZero() {
			return ""
		}
		return t.In(config.Location).Format("2006-01-02 15:04")
	}
}

// again says when something is tried again, and what came of it until now.
func again(next, answer string) string {
	if next == "" {
		return answerText(answer)
	}
	return strings.TrimSuffix("again "+next+"; "+answerText(answer), "; ")
}

// withDetails makes lines of rows, each with its detail: behind it if there is room or it may be cut, else on the next line.
func withDetails(rows [][]string, details []string, cut func(i int) bool) (lines []string) {
	widest, aligned := 0, text.AlignColumns(rows)
	for _, line := range aligned {
		widest = max(widest, utf8.RuneCountInString(line))
	}
	for i, line := range aligned {
		detail := details[i]
		switch room := text.ScreenWidth - widest - 2; {
		case detail == "", cut(i) && room < utf8.RuneCountInString("ANSWER"):
		case utf8.RuneCountInString(detail) <= room || cut(i):
			line = text.Limit(line+strings.Repeat(" ", widest-utf8.RuneCountInString(line)+2)+detail, text.ScreenWidth)
		default:
			line += "\n" + strings.Repeat(" ", 6) + text.Limit(detail, text.ScreenWidth-6)
		}
		lines = append(lines, line)
	}
	return lines
}

// when is the instant at which a delivery came to its state.
func when(d ledger.Delivery) time.Time {
	switch {
	case !d.FinishedAt.IsZero():
		return d.FinishedAt
	case !d.LastTry.IsZero():
		return d.LastTry
	}
	return d.QueuedAt
}

// answerText is a server's answer, cut to what a table has room for.
func answerText(s string) string {
	const maxAnswer = 100
	return text.Limit(text.PrintableLine(s), maxAnswer)
}

// A ledgerLine is a delivery, or a period that was not made, as --json shows it. Times are
// RFC 3339 in UTC; one that is not known is null.
type ledgerLine struct {
	Type      string     `json:"type"` // delivery, or period: one that was not made
	ID        int64      `json:"id"`
	Account   string     `json:"account"`
	Report    string     `json:"report"`
	Period    string     `json:"period"`
	From      time.Time  `json:"from"`
	To        time.Time  `json:"to"`
	Recipient string     `json:"recipient"`
	State     string     `json:"state"`
	When      *time.Time `json:"when"`
	Due       *time.Time `json:"due"`
	FirstTry  *time.Time `json:"first_try"`
	LastTry   *time.Time `json:"last_try"`
	NextTry   *time.Time `json:"next_try"`
	Attempts  int        `json:"attempts"`
	Uncertain int        `json:"uncertain"` // how often its outcome was unknown
	Revision  int        `json:"revision"`  // how often it was sent once more on request
	MessageID string     `json:"message_id"`
	SHA256    string     `json:"sha256"`
	Size      int64      `json:"size"` // bytes of the message
	Answer    string     `json:"answer"`

	Correction int `json:"correction,omitempty"` // which one of the period; 0: the report itself
}

// correctionOf is which correction of its period a row of the ledger is; 0: none.
func correctionOf(remake ledger.RemakeReason, edition int) int {
	if remake == ledger.Corrected {
		return edition
	}
	return 0
}

func periodText(name string, correction int) string {
	if correction == 0 {
		return name
	}
	return fmt.Sprintf("%s (correction %d)", name, correction)
}

func deliveryLine(d ledger.Delivery) ledgerLine {
	return ledgerLine{
		Type: "delivery", ID: d.ID, Account: d.Account, Report: d.Report, Period: d.Period, From: d.From, To: d.To, Recipient: d.Recipient,
		State: string(d.State), When: status.OrNull(when(d)), Due: status.OrNull(d.Due),
		FirstTry: status.OrNull(d.FirstTry), LastTry: status.OrNull(d.LastTry), NextTry: status.OrNull(d.NextTry),
		Attempts: d.Attempts, Uncertain: d.Uncertain, Revision: d.Revision, MessageID: d.MessageID, SHA256: d.SHA256, Size: d.Size, Answer: d.Answer, Correction: correctionOf(d.Remake, d.Edition),
	}
}

func periodLine(p ledger.Period) ledgerLine {
	return ledgerLine{
		Type: "period", ID: p.ID, Account: p.Account, Report: p.Report, Period: p.Name, From: p.From, To: p.To,
		State: string(p.State), When: status.OrNull(p.MadeAt), Due: status.OrNull(p.Due), NextTry: status.OrNull(p.NextTry), Attempts: p.Attempts, Answer: p.Error, Correction: correctionOf(p.Remake, p.Edition),
	}
}

// writeJSON writes an object per line: the deliveries, then the periods that were not made.
func writeJSON(w io.Writer, rows []ledger.Delivery, periods []ledger.Period) error {
	out := json.NewEncoder(w)
	for _, d := range rows {
		if err := out.Encode(deliveryLine(d)); err != nil {
			return err
		}
	}
	for _, p := range periods {
		if err := out.Encode(periodLine(p)); err != nil {
			return err
		}
	}
	return nil
}

// states are those of deliveries and of periods, in the order of the alphabet.
func states() []string {
	all := []string{
		string(ledger.Archived), string(ledger.CancelledDelivery), string(ledger.Closed), string(ledger.Deferred), string(ledger.Expired),
		string(ledger.Failed), string(ledger.Held), string(ledger.Made), string(ledger.Owed), string(ledger.Queued), string(ledger.Refused),
		string(ledger.Sending), string(ledger.Sent), string(ledger.Skipped), string(ledger.Uncertain),
	}
	slices.Sort(all)
	return all
}

// knownState refuses a state that nothing is ever in: "nothing" would be no answer.
func (d *deliveries) knownState() error {
	if all := states(); d.state != "" && !slices.Contains(all, d.state) {
		return usage("--state %s: there is no state %s — there are %s", d.state, d.state, strings.Join(all, ", "))
	}
	return nil
}

// knownNames refuses a report and a recipient that neither the configuration nor the ledger knows. Without a ledger only
// the configuration is asked.
func (d *deliveries) knownNames(ctx context.Context) error {
	if d.report != "" && !slices.Contains(ids(d.config), d.report) {
		known, err := d.ledgerKnows(ctx, ledger.Filter{Account: d.config.Account, Report: d.report, Limit: 1})
		if err != nil {
			return err
		}
		if !known {
			for _, r := range d.config.Reports {
				if r.Was == d.report {
					return usage("--report %s: it goes on as %s, with all that was delivered", d.report, r.ID)
				}
			}
			return usage("--report %s: there is no report %s in %s or its ledger — there are %s", d.report, d.report, d.config.Path, strings.Join(ids(d.config), ", "))
		}
	}
	if d.recipient != "" && !isAnyRecipient(d.config, d.recipient) {
		known, err := d.ledgerKnows(ctx, ledger.Filter{Account: d.config.Account, Recipient: d.recipient, Limit: 1})
		if err != nil {
			return err
		}
		if !known {
			return usage("--recipient %s: %s is no recipient of a report in %s or its ledger", d.recipient, d.recipient, d.config.Path)
		}
	}
	return nil
}

// ledgerKnows tells whether the ledger has something that the filter chooses.
func (d *deliveries) ledgerKnows(ctx context.Context, f ledger.Filter) (bool, error) {
	if d.ledger == nil {
		return false, nil
	}
	rows, err := d.ledger.Deliveries(ctx, f)
	if err != nil {
		return false, ledgerExit(err, builder.Outcome{})
	}
	if len(rows) > 0 || f.Recipient != "" {
		return len(rows) > 0, nil
	}
	periods, err := d.ledger.Periods(ctx, f)
	if err != nil {
		return false, ledgerExit(err, builder.Outcome{})
	}
	return len(periods) > 0, nil
}

func isAnyRecipient(config *reportconfig.Config, address string) bool {
	return slices.ContainsFunc(config.Reports, func(r reportconfig.Report) bool { return r.HasRecipient(address) })
}
