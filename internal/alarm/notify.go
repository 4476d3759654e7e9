package alarm

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"rapport/internal/ident"
	"rapport/internal/ledger"
	"rapport/locales"
	ourmail "rapport/mail"
)

const mostInMail = 50 // alarms

// Notify mails the operator what was not told yet, in one message, and queues what is posted.
// The alarms are claimed meanwhile, so that nobody else mails them too. It tells how many it told.
func (n *Notifier) Notify(ctx context.Context, now time.Time) (told int, err error) {
	config := ""
	if n.Operator.AlarmURL != "" {
		config = n.Path
	}
	list, claim, err := n.Ledger.ClaimAlarms(ctx, n.Account.ID, config, now, mostInMail)
	if err != nil || len(list) == 0 {
		return 0, err
	}
	standing, err := n.Ledger.OpenAlarms(ctx, n.Account.ID)
	if err == nil {
		err = n.send(ctx, list, others(standing, list), now)
	}
	if err != nil {
		n.Write("alarms", func(ctx context.Context) error { return n.Ledger.ReturnAlarms(ctx, claim) })
		return 0, err
	}
	n.Write("alarms", func(ctx context.Context) error { return n.Ledger.AlarmsNotified(ctx, claim, now) })
	return len(list), nil
}

// others are the alarms that stand and are not told of now.
func others(standing, told []ledger.Alarm) (out []ledger.Alarm) {
	tells := map[int64]bool{}
	for _, a := range told {
		tells[a.ID] = true
	}
	for _, a := range standing {
		if !tells[a.ID] {
			out = append(out, a)
		}
	}
	return out
}

func (n *Notifier) send(ctx context.Context, list, standing []ledger.Alarm, now time.Time) error {
	if n.Operator.Address == nil || n.Sender == nil {
		return nil
	}
	identity := []string{n.Account.ID, "alarm"}
	for _, a := range list {
		identity = append(identity, a.Kind, a.Subject, ident.Instant(a.Raised), ident.Instant(a.Resolved))
		if a.Reminders > 0 {
			identity = append(identity, fmt.Sprint(a.Reminders))
		}
	}
	m, err := n.compose(list, standing, identity, now)
	if err != nil {
		return err
	}
	name := now.In(n.Account.Location).Format("2006-01-02") + "_alarm_" + ident.ShortHash(identity)
	_, err = n.Sender.Send(ctx, name, m, nil)
	var failed *ourmail.Error
	if errors.As(err, &failed) && failed.Verdict == ourmail.Uncertain { // it has most likely arrived
		n.Log.Error("mail to the operator", "operator", n.Operator.Address.Address, "error", err)
		err = nil
	}
	if err != nil {
		return fmt.Errorf("mail to the operator %s: %w", n.Operator.Address.Address, err)
	}
	return nil
}

// A Post is what is posted of an alarm to the configured URL. README has its form.
type Post struct {
	Text         string     `json:"text"` // one sentence, in the operator's language
	State        string     `json:"state"`
	Kind         string     `json:"kind"`
	Subject      string     `json:"subject"`
	Account      string     `json:"account"`
	Organization string     `json:"organization"`
	Raised       time.Time  `json:"raised"`
	Resolved     *time.Time `json:"resolved,omitempty"`
}

// PostOf makes what is posted of the body of a notification.
func (n *Notifier) PostOf(body string) ([]byte, error) {
	var a ledger.Alarm
	if err := json.Unmarshal([]byte(body), &a); err != nil {
		return nil, fmt.Errorf("alarm to be posted: %w", err)
	}
	words, err := locales.For(n.language())
	if err != nil {
		return nil, err
	}
	p := Post{
		State: "open", Kind: a.Kind, Subject: a.Subject, Account: n.Account.ID, Organization: n.Account.Organization.Name, Raised: a.Raised.UTC(),
		Text: "Rapport: " + n.line(words, a),
	}
	if !a.Resolved.IsZero() {
		at := a.Resolved.UTC()
		p.State, p.Resolved = "resolved", &at
		p.Text = "Rapport: " + words.Word("alarm.well") + ": " + n.line(words, a)
	}
	return json.Marshal(p)
}

func (n *Notifier) language() string {
	if n.Operator.Language == "" {
		return "en"
	}
	return string(n.Operator.Language)
}

// line is an alarm in one line.
func (n *Notifier) line(words *locales.Printer, a ledger.Alarm) string {
	return words.Word("alarm."+a.Kind) + " – " + sentence(words, a, n.Account.Location)
}
