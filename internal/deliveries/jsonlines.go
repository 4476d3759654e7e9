package deliveries

import (
	"encoding/json"
	"io"
	"rapport/internal/ledger"
	"rapport/internal/status"
	"time"
)

// A Line is a delivery, or a period that was not made, as --json shows it. Times are
// RFC 3339 in UTC; one that is not known is null.
type Line struct {
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

// An attemptLine is an attempt of a delivery as --json shows it.
type attemptLine struct {
	Type     string    `json:"type"` // attempt
	Delivery int64     `json:"delivery"`
	Revision int       `json:"revision"`
	At       time.Time `json:"at"`
	State    string    `json:"state"` // that it ended in
	Answer   string    `json:"answer"`
}

func deliveryLine(d ledger.Delivery) Line {
	return Line{
		Type: "delivery", ID: d.ID, Account: d.Account, Report: d.Report, Period: d.Period, From: d.From, To: d.To, Recipient: d.Recipient,
		State: string(d.State), When: status.OrNull(when(d)), Due: status.OrNull(d.Due),
		FirstTry: status.OrNull(d.FirstTry), LastTry: status.OrNull(d.LastTry), NextTry: status.OrNull(d.NextTry),
		Attempts: d.Attempts, Uncertain: d.Uncertain, Revision: d.Revision, MessageID: d.MessageID, SHA256: d.SHA256, Size: d.Size, Answer: d.Answer, Correction: correctionOf(d.Remake, d.Edition),
	}
}

func periodLine(p ledger.Period) Line {
	return Line{
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
