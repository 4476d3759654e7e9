package engine

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"rapport/internal/content"
	"rapport/internal/ident"
	"rapport/internal/ledger"
	"rapport/locales"
	ourmail "rapport/mail"
)

// notify mails the operator what was not told yet, in one message. The alarms are claimed
// meanwhile, so that nobody else mails them too.
func (a *alarms) notify(ctx context.Context, now time.Time) error {
	list, claim, err := a.Ledger.ClaimAlarms(ctx, a.Account.ID, maxAlarmsMail)
	if err != nil || len(list) == 0 {
		return err
	}
	if err := a.mail(ctx, list, now); err != nil {
		a.pending.write("alarms", func(ctx context.Context) error { return a.Ledger.ReturnAlarms(ctx, claim) })
		return err
	}
	a.pending.write("alarms", func(ctx context.Context) error { return a.Ledger.AlarmsNotified(ctx, claim, now) })
	return nil
}

func (a *alarms) mail(ctx context.Context, list []ledger.Alarm, now time.Time) error {
	if a.Operator == nil || a.Sender == nil {
		return nil
	}
	identity := []string{a.Account.ID, "alarm"}
	for _, one := range list {
		identity = append(identity, one.Kind, one.Subject, ident.Instant(one.Raised), ident.Instant(one.Resolved))
	}
	m, err := a.compose(list, identity, now)
	if err != nil {
		return err
	}
	name := now.In(a.Account.Location).Format("2006-01-02") + "_alarm_" + ident.ShortHash(identity)
	_, err = a.Sender.Send(ctx, name, m, nil)
	var failed *ourmail.Error
	if errors.As(err, &failed) && failed.Verdict != ourmail.NotSent { // it has most likely arrived, or never will
		a.Log.Error("mail to the operator", "operator", a.Operator.Address, "error", err)
		err = nil
	}
	if err != nil {
		return fmt.Errorf("mail to the operator %s: %w", a.Operator.Address, err)
	}
	return nil
}

// compose makes what the operator gets: what is wrong, and what is well again.
func (a *alarms) compose(list []ledger.Alarm, identity []string, now time.Time) (ourmail.Frozen, error) {
	language := "en"
	if len(a.Reports) > 0 {
		language = string(a.Reports[0].Language)
	}
	words, err := locales.For(language)
	if err != nil {
		return ourmail.Frozen{}, err
	}
	zone := a.Account.Location
	var wrong, well [][]string
	for _, one := range list {
		text := words.Word("alarm."+one.Kind) + " – " + one.Text
		if one.Resolved.IsZero() {
			wrong = append(wrong, []string{text, words.DateTime(one.Raised.In(zone))})
			continue
		}
		well = append(well, []string{text, words.DateTime(one.Resolved.In(zone))})
	}
	organization := a.Account.Organization.Name
	body := ourmail.Content{
		Language: language, Organization: organization, Title: words.Word("alarm.title"),
		Period: now.In(zone).Format("2006-01-02 15:04"), Span: a.Account.ID, Lead: words.Count("alarm.lead", int64(len(wrong))),
		Footer: []string{words.Word("alarm.footer")},
	}
	if len(wrong) == 0 {
		body.Lead = words.Word("alarm.all_well")
	}
	body.Subject = words.Word("mail.subject", "Rapport", strings.TrimSuffix(body.Lead, ".")) + " – " + cmp.Or(organization, a.Account.ID)
	for _, table := range []struct {
		title string
		rows  [][]string
	}{{"alarm.wrong", wrong}, {"alarm.well", well}} {
		if len(table.rows) > 0 {
			body.Tables = append(body.Tables, content.Table{
				Title: words.Word(table.title), Head: []string{words.Word("alarm.what"), words.Word("alarm.since")},
				Right: []bool{false, true}, Rows: table.rows,
			})
		}
	}
	from := a.Composer.From
	_, domain, _ := strings.Cut(from.Address, "@")
	return ourmail.Compose(ourmail.Message{
		From: from, To: *a.Operator, Envelope: a.Composer.Envelope, ID: ourmail.MessageID(domain, identity...), Date: now.In(zone), Content: body,
	})
}
