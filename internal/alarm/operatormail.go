package alarm

import (
	"cmp"
	"strings"
	"time"

	"rapport/internal/content"
	"rapport/internal/ledger"
	"rapport/locales"
	ourmail "rapport/mail"
)

// compose makes what the operator gets: what is wrong, what is well again, and what else
// stands.
func (n *Notifier) compose(list, standing []ledger.Alarm, identity []string, now time.Time) (ourmail.Frozen, error) {
	words, err := locales.For(n.language())
	if err != nil {
		return ourmail.Frozen{}, err
	}
	var wrong, well, still []ledger.Alarm
	for _, a := range list {
		if a.Resolved.IsZero() {
			wrong = append(wrong, a)
		} else {
			well = append(well, a)
		}
	}
	for _, a := range standing {
		if !a.MutedUntil.After(now) {
			still = append(still, a)
		}
	}
	organization := n.Account.Organization.Name
	body := ourmail.Content{
		Language: n.language(), Organization: organization, Title: words.Word("alarm.title"),
		Period: now.In(n.Account.Location).Format("2006-01-02 15:04"), Span: n.Account.ID, Lead: lead(words, len(wrong), len(well), len(standing)),
		Footer: []string{words.Word("alarm.footer")},
	}
	body.Subject = words.Word("mail.subject", "Rapport", strings.TrimSuffix(body.Lead, ".")) + " – " + cmp.Or(organization, n.Account.ID)
	for _, table := range []struct {
		title  string
		alarms []ledger.Alarm
	}{{"alarm.wrong", wrong}, {"alarm.well", well}, {"alarm.still", still}} {
		if len(table.alarms) > 0 {
			body.Tables = append(body.Tables, n.table(words, table.title, table.alarms))
		}
	}
	_, domain, _ := strings.Cut(n.From.Address, "@")
	return ourmail.Compose(ourmail.Message{
		From: n.From, To: *n.Operator.Address, Envelope: n.Envelope, ID: ourmail.MessageID(domain, identity...), Date: now.In(n.Account.Location), Content: body,
	})
}

// lead is the first sentence. All is well only when nothing stands, muted or not.
func lead(words *locales.Printer, wrong, well, standing int) string {
	switch {
	case wrong > 0:
		return words.Count("alarm.lead", int64(wrong))
	case standing > 0:
		return words.Count("alarm.partly_well", int64(well), words.Int(int64(standing)))
	}
	return words.Word("alarm.all_well")
}

// table lists alarms with the time of what is said of them.
func (n *Notifier) table(words *locales.Printer, title string, alarms []ledger.Alarm) content.Table {
	t := content.Table{
		Title: words.Word(title), Head: []string{words.Word("alarm.what"), words.Word("alarm.since")}, Right: []bool{false, true},
	}
	for _, a := range alarms {
		line, at := n.line(words, a), a.Raised
		switch {
		case !a.Resolved.IsZero() && a.Notified.IsZero(): // nobody could be told while it lasted
			line, at = words.Word("alarm.was", line, n.instant(words, a.Raised)), a.Resolved
		case !a.Resolved.IsZero():
			at = a.Resolved
		case a.Reminders > 0:
			line = words.Word("alarm.reminder", line)
		}
		t.Rows = append(t.Rows, []string{line, n.instant(words, at)})
	}
	return t
}

func (n *Notifier) instant(words *locales.Printer, t time.Time) string {
	return words.DateTime(t.In(n.Account.Location))
}
