package main

import (
	"encoding/json"
	"io"
	"time"

	"rapport/internal/ledger"
	"rapport/internal/pipeline"
)

var noOutcome pipeline.Outcome

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
}

func deliveryLine(d ledger.Delivery) ledgerLine {
	return ledgerLine{
		Type: "delivery", ID: d.ID, Account: d.Account, Report: d.Report, Period: d.Period, From: d.From, To: d.To, Recipient: d.Recipient,
		State: string(d.State), When: known(when(d)), Due: known(d.Due), FirstTry: known(d.FirstTry), LastTry: known(d.LastTry), NextTry: known(d.NextTry),
		Attempts: d.Attempts, Uncertain: d.Uncertain, Revision: d.Revision, MessageID: d.MessageID, SHA256: d.SHA256, Size: d.Size, Answer: d.Answer,
	}
}

func periodLine(p ledger.Period) ledgerLine {
	return ledgerLine{
		Type: "period", ID: p.ID, Account: p.Account, Report: p.Report, Period: p.Name, From: p.From, To: p.To,
		State: string(p.State), When: known(p.MadeAt), Due: known(p.Due), NextTry: known(p.NextTry), Attempts: p.Attempts, Answer: p.Error,
	}
}

func known(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
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
